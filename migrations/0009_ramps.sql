CREATE TABLE "ramp_templates" (
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"plan" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "ramp_templates_project_id_name_pk" PRIMARY KEY("project_id","name")
);
--> statement-breakpoint
CREATE TABLE "ramp_transitions" (
	"ramp_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"event" text NOT NULL,
	"state" text NOT NULL,
	"step" integer NOT NULL,
	"weight" integer NOT NULL,
	"actor" jsonb NOT NULL,
	"sentence" text NOT NULL,
	"reason" text,
	"evidence" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "ramp_transitions_ramp_id_seq_pk" PRIMARY KEY("ramp_id","seq")
);
--> statement-breakpoint
CREATE TABLE "ramps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"flag_id" uuid NOT NULL,
	"environment_id" uuid NOT NULL,
	"rule" text,
	"plan" jsonb NOT NULL,
	"state" text NOT NULL,
	"moves" integer DEFAULT 0 NOT NULL,
	"hold_reason" text,
	"hold_note" text,
	"step" integer DEFAULT -1 NOT NULL,
	"soaking_since" timestamp with time zone,
	"soaked_ms" bigint DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"approvals" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"kill_revision" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "ramp_templates" ADD CONSTRAINT "ramp_templates_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ramp_transitions" ADD CONSTRAINT "ramp_transitions_ramp_id_ramps_id_fk" FOREIGN KEY ("ramp_id") REFERENCES "public"."ramps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ramps" ADD CONSTRAINT "ramps_flag_id_flags_id_fk" FOREIGN KEY ("flag_id") REFERENCES "public"."flags"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ramps" ADD CONSTRAINT "ramps_environment_id_environments_id_fk" FOREIGN KEY ("environment_id") REFERENCES "public"."environments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "ramps_one_unfinished" ON "ramps" USING btree ("flag_id","environment_id") WHERE state in ('draft', 'running', 'holding', 'rolled_back');--> statement-breakpoint
CREATE INDEX "ramps_due" ON "ramps" USING btree ("due_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "ramps_flag" ON "ramps" USING btree ("flag_id","environment_id","created_at");