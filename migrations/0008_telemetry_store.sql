CREATE TABLE "replicas" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"environments" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sdk_streams" (
	"environment_id" uuid NOT NULL,
	"instance" text NOT NULL,
	"name" text NOT NULL,
	"sdk" text NOT NULL,
	"replica_id" uuid NOT NULL,
	"connected_at" timestamp with time zone NOT NULL,
	"lost_at" timestamp with time zone,
	"revision" bigint,
	"stalled" boolean DEFAULT false NOT NULL,
	CONSTRAINT "sdk_streams_environment_id_instance_pk" PRIMARY KEY("environment_id","instance")
);
--> statement-breakpoint
CREATE TABLE "context_attributes" (
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "context_attributes_project_id_name_type_pk" PRIMARY KEY("project_id","name","type")
);
--> statement-breakpoint
CREATE TABLE "metrics" (
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"from_pages" boolean DEFAULT false NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "metrics_project_id_name_pk" PRIMARY KEY("project_id","name")
);
--> statement-breakpoint
CREATE TABLE "ramp_strata" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ramp_strata_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"environment_id" uuid NOT NULL,
	"flag_key" text NOT NULL,
	"allocation" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "ramp_strata_allocation" UNIQUE("environment_id","flag_key","allocation")
);
--> statement-breakpoint
CREATE TABLE "ramp_sum_deltas" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ramp_sum_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"stratum_id" integer NOT NULL,
	"variant" text NOT NULL,
	"metric" text NOT NULL,
	"sub_buckets" jsonb NOT NULL,
	"arrived_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ramp_sums" (
	"stratum_id" integer NOT NULL,
	"variant" text NOT NULL,
	"metric" text NOT NULL,
	"late" boolean NOT NULL,
	"sub_buckets" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ramp_sums_stratum_id_variant_metric_late_pk" PRIMARY KEY("stratum_id","variant","metric","late")
);
--> statement-breakpoint
CREATE TABLE "telemetry_changed_hours" (
	"hour" timestamp with time zone NOT NULL,
	"marked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "telemetry_changed_hours_hour_marked_at_pk" PRIMARY KEY("hour","marked_at")
);
--> statement-breakpoint
CREATE TABLE "telemetry_days" (
	"series_id" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"count" bigint NOT NULL,
	"sum" double precision,
	"zeros" bigint,
	"bins" smallint[],
	"bin_counts" bigint[],
	CONSTRAINT "telemetry_days_series_id_at_pk" PRIMARY KEY("series_id","at")
);
--> statement-breakpoint
CREATE TABLE "telemetry_hours" (
	"series_id" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"count" bigint NOT NULL,
	"sum" double precision,
	"zeros" bigint,
	"bins" smallint[],
	"bin_counts" bigint[],
	CONSTRAINT "telemetry_hours_series_id_at_pk" PRIMARY KEY("series_id","at")
);
--> statement-breakpoint
CREATE TABLE "telemetry_minutes" (
	"series_id" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"count" bigint NOT NULL,
	"sum" double precision,
	"zeros" bigint,
	"bins" smallint[],
	"bin_counts" bigint[],
	CONSTRAINT "telemetry_minutes_series_id_at_pk" PRIMARY KEY("series_id","at")
);
--> statement-breakpoint
CREATE TABLE "telemetry_series" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "telemetry_series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"environment_id" uuid NOT NULL,
	"flag_key" text NOT NULL,
	"variant" text NOT NULL,
	"metric" text NOT NULL,
	"sdk" text NOT NULL,
	CONSTRAINT "telemetry_series_identity" UNIQUE("environment_id","flag_key","metric","variant","sdk")
);
--> statement-breakpoint
ALTER TABLE "telemetry_cursors" ADD COLUMN "sdk" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "telemetry_cursors" ADD COLUMN "epoch" text;--> statement-breakpoint
ALTER TABLE "telemetry_cursors" ADD COLUMN "revision" bigint;--> statement-breakpoint
ALTER TABLE "sdk_streams" ADD CONSTRAINT "sdk_streams_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "context_attributes" ADD CONSTRAINT "context_attributes_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metrics" ADD CONSTRAINT "metrics_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ramp_strata" ADD CONSTRAINT "ramp_strata_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ramp_sum_deltas" ADD CONSTRAINT "ramp_sum_deltas_stratum_id_ramp_strata_id_fk" FOREIGN KEY ("stratum_id") REFERENCES "public"."ramp_strata"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ramp_sums" ADD CONSTRAINT "ramp_sums_stratum_id_ramp_strata_id_fk" FOREIGN KEY ("stratum_id") REFERENCES "public"."ramp_strata"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "telemetry_series" ADD CONSTRAINT "telemetry_series_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sdk_streams_replica" ON "sdk_streams" USING btree ("replica_id");--> statement-breakpoint
CREATE INDEX "telemetry_days_at" ON "telemetry_days" USING brin ("at");--> statement-breakpoint
CREATE INDEX "telemetry_hours_at" ON "telemetry_hours" USING brin ("at");--> statement-breakpoint
CREATE INDEX "telemetry_minutes_at" ON "telemetry_minutes" USING brin ("at");