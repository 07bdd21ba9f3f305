ALTER TABLE "replicas" ALTER COLUMN "started_at" SET DEFAULT now();--> statement-breakpoint
ALTER TABLE "replicas" ADD COLUMN "streams" jsonb DEFAULT '{}'::jsonb NOT NULL;