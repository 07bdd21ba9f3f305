CREATE TABLE "group_grants" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"project_id" uuid,
	"group_name" text NOT NULL,
	"role" text NOT NULL,
	"production" boolean NOT NULL,
	"kill" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "group_grants_place" UNIQUE NULLS NOT DISTINCT("person_id","project_id","group_name")
);
--> statement-breakpoint
ALTER TABLE "group_grants" ADD CONSTRAINT "group_grants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_grants" ADD CONSTRAINT "group_grants_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;