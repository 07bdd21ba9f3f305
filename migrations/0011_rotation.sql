ALTER TABLE "api_tokens" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sdk_keys" ADD COLUMN "rotated_at" timestamp with time zone;