-- Totals of repositories and instances, kept by triggers in each transaction that changes what they count
-- (docs/decisions/0030-totals.md). Stele fills them for what exists, in the transaction of this migration
-- (lib/metadata/engine/fill-totals.ts). A later migration that rebuilds one of these tables must make its triggers again.

-- CreateTable
CREATE TABLE "RepositoryTotals" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "slot" INTEGER NOT NULL,
    "tags" INTEGER NOT NULL DEFAULT 0,
    "technicalTags" INTEGER NOT NULL DEFAULT 0,
    "helmCharts" INTEGER NOT NULL DEFAULT 0,
    "technicalHelmCharts" INTEGER NOT NULL DEFAULT 0,
    "artifacts" INTEGER NOT NULL DEFAULT 0,
    "technicalArtifacts" INTEGER NOT NULL DEFAULT 0,
    "manifests" INTEGER NOT NULL DEFAULT 0,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "lastPushedAt" TIMESTAMP(3),

    CONSTRAINT "RepositoryTotals_pkey" PRIMARY KEY ("repositoryId","slot")
);

-- CreateTable
CREATE TABLE "InstanceTotals" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "slot" INTEGER NOT NULL,
    "tags" INTEGER NOT NULL DEFAULT 0,
    "blobBytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "InstanceTotals_pkey" PRIMARY KEY ("instanceId","slot")
);

-- CreateTable
CREATE TABLE "InstanceBlob" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "links" INTEGER NOT NULL,

    CONSTRAINT "InstanceBlob_pkey" PRIMARY KEY ("instanceId","digest")
);

-- AddForeignKey
ALTER TABLE "RepositoryTotals" ADD CONSTRAINT "RepositoryTotals_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InstanceTotals" ADD CONSTRAINT "InstanceTotals_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Transactions that change one repository at the same time must not wait for each other: each adds to a row that nobody
-- else has locked, and makes one where there is none. So nobody waits for a row of totals, and there are no deadlocks.
-- Rows that are updated often stay on their page.
ALTER TABLE "RepositoryTotals" SET (fillfactor = 50);
ALTER TABLE "InstanceTotals" SET (fillfactor = 50);

CREATE FUNCTION "addToRepositoryTotals"(
  repository TEXT,
  "tagsChange" INTEGER,
  "technicalTagsChange" INTEGER,
  "helmChartsChange" INTEGER,
  "technicalHelmChartsChange" INTEGER,
  "artifactsChange" INTEGER,
  "technicalArtifactsChange" INTEGER,
  "manifestsChange" INTEGER,
  "sizeBytesChange" BIGINT,
  "pushedAt" TIMESTAMP(3)
) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  WITH "free" AS MATERIALIZED (
    SELECT "slot" FROM "RepositoryTotals" WHERE "repositoryId" = "repository"
    ORDER BY "slot" LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
  UPDATE "RepositoryTotals" AS "t" SET
    "tags" = "t"."tags" + "tagsChange",
    "technicalTags" = "t"."technicalTags" + "technicalTagsChange",
    "helmCharts" = "t"."helmCharts" + "helmChartsChange",
    "technicalHelmCharts" = "t"."technicalHelmCharts" + "technicalHelmChartsChange",
    "artifacts" = "t"."artifacts" + "artifactsChange",
    "technicalArtifacts" = "t"."technicalArtifacts" + "technicalArtifactsChange",
    "manifests" = "t"."manifests" + "manifestsChange",
    "sizeBytes" = "t"."sizeBytes" + "sizeBytesChange",
    "lastPushedAt" = greatest("t"."lastPushedAt", "pushedAt")
  FROM "free" WHERE "t"."repositoryId" = "repository" AND "t"."slot" = "free"."slot";
  IF NOT FOUND THEN
    INSERT INTO "RepositoryTotals" ("repositoryId", "slot", "tags", "technicalTags", "helmCharts", "technicalHelmCharts", "artifacts", "technicalArtifacts", "manifests", "sizeBytes", "lastPushedAt")
    SELECT "repository", 1 + floor(random() * 2147483646)::INTEGER, "tagsChange", "technicalTagsChange", "helmChartsChange", "technicalHelmChartsChange", "artifactsChange", "technicalArtifactsChange", "manifestsChange", "sizeBytesChange", "pushedAt"
    FROM "Repository" WHERE "id" = "repository" AND NOT "isDeleted";
  END IF;
END $$;

CREATE FUNCTION "addToInstanceTotals"(instance TEXT, "tagsChange" INTEGER, "blobBytesChange" BIGINT) RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
  WITH "free" AS MATERIALIZED (
    SELECT "slot" FROM "InstanceTotals" WHERE "instanceId" = "instance"
    ORDER BY "slot" LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
  UPDATE "InstanceTotals" AS "t" SET
    "tags" = "t"."tags" + "tagsChange",
    "blobBytes" = "t"."blobBytes" + "blobBytesChange"
  FROM "free" WHERE "t"."instanceId" = "instance" AND "t"."slot" = "free"."slot";
  IF NOT FOUND THEN
    INSERT INTO "InstanceTotals" ("instanceId", "slot", "tags", "blobBytes")
    SELECT "instance", 1 + floor(random() * 2147483646)::INTEGER, "tagsChange", "blobBytesChange"
    FROM "Instance" WHERE "id" = "instance";
  END IF;
END $$;

-- Triggers of repositories and instances

CREATE FUNCTION "Instance_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "InstanceTotals" ("instanceId", "slot") VALUES (NEW."id", 0);
  RETURN NULL;
END $$;
CREATE TRIGGER "Instance_totals_insert" AFTER INSERT ON "Instance"
FOR EACH ROW EXECUTE FUNCTION "Instance_totals_insert"();

CREATE FUNCTION "Repository_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "RepositoryTotals" ("repositoryId", "slot") VALUES (NEW."id", 0);
  RETURN NULL;
END $$;
CREATE TRIGGER "Repository_totals_insert" AFTER INSERT ON "Repository"
FOR EACH ROW EXECUTE FUNCTION "Repository_totals_insert"();

CREATE FUNCTION "Repository_totals_delete"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "addToInstanceTotals"(NEW."instanceId", -(
    SELECT coalesce(sum("tags"), 0)::INTEGER FROM "RepositoryTotals" WHERE "repositoryId" = NEW."id"), 0);
  DELETE FROM "RepositoryTotals" WHERE "repositoryId" = NEW."id";
  RETURN NULL;
END $$;
CREATE TRIGGER "Repository_totals_delete" AFTER UPDATE OF "isDeleted" ON "Repository"
FOR EACH ROW WHEN (NEW."isDeleted" AND NOT OLD."isDeleted") EXECUTE FUNCTION "Repository_totals_delete"();

-- Triggers of tags. A deletion is of many rows, which are added up first; so is a copy of links.

CREATE FUNCTION "Tag_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "addToRepositoryTotals"(NEW."repositoryId",
      1,
      (NEW."isTechnical")::INTEGER,
      (NEW."kind" = 'helmChart')::INTEGER,
      (NEW."kind" = 'helmChart' AND NEW."isTechnical")::INTEGER,
      (NEW."kind" = 'artifact')::INTEGER,
      (NEW."kind" = 'artifact' AND NEW."isTechnical")::INTEGER,
      0, 0, NEW."updatedAt");
  PERFORM "addToInstanceTotals"(r."instanceId", 1, 0)
  FROM "Repository" r WHERE r."id" = NEW."repositoryId" AND NOT r."isDeleted";
  RETURN NULL;
END $$;
CREATE TRIGGER "Tag_totals_insert" AFTER INSERT ON "Tag"
FOR EACH ROW EXECUTE FUNCTION "Tag_totals_insert"();

CREATE FUNCTION "Tag_totals_update"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "addToRepositoryTotals"(NEW."repositoryId",
      0,
      (NEW."isTechnical")::INTEGER - (OLD."isTechnical")::INTEGER,
      (NEW."kind" = 'helmChart')::INTEGER - (OLD."kind" = 'helmChart')::INTEGER,
      (NEW."kind" = 'helmChart' AND NEW."isTechnical")::INTEGER - (OLD."kind" = 'helmChart' AND OLD."isTechnical")::INTEGER,
      (NEW."kind" = 'artifact')::INTEGER - (OLD."kind" = 'artifact')::INTEGER,
      (NEW."kind" = 'artifact' AND NEW."isTechnical")::INTEGER - (OLD."kind" = 'artifact' AND OLD."isTechnical")::INTEGER,
      0, 0, NEW."updatedAt");
  RETURN NULL;
END $$;
CREATE TRIGGER "Tag_totals_update" AFTER UPDATE OF "updatedAt", "kind" ON "Tag"
FOR EACH ROW EXECUTE FUNCTION "Tag_totals_update"();

CREATE FUNCTION "Tag_totals_delete"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE "gone" RECORD;
BEGIN
  FOR "gone" IN
    SELECT o."repositoryId", r."instanceId",
      -count(*)::INTEGER AS "tags",
      -(count(*) FILTER (WHERE o."isTechnical"))::INTEGER AS "technicalTags",
      -(count(*) FILTER (WHERE o."kind" = 'helmChart'))::INTEGER AS "helmCharts",
      -(count(*) FILTER (WHERE o."kind" = 'helmChart' AND o."isTechnical"))::INTEGER AS "technicalHelmCharts",
      -(count(*) FILTER (WHERE o."kind" = 'artifact'))::INTEGER AS "artifacts",
      -(count(*) FILTER (WHERE o."kind" = 'artifact' AND o."isTechnical"))::INTEGER AS "technicalArtifacts"
    FROM "before" o JOIN "Repository" r ON r."id" = o."repositoryId" AND NOT r."isDeleted"
    GROUP BY o."repositoryId", r."instanceId"
  LOOP
    PERFORM "addToRepositoryTotals"("gone"."repositoryId", "gone"."tags", "gone"."technicalTags", "gone"."helmCharts", "gone"."technicalHelmCharts", "gone"."artifacts", "gone"."technicalArtifacts", 0, 0, NULL);
    PERFORM "addToInstanceTotals"("gone"."instanceId", "gone"."tags", 0);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER "Tag_totals_delete" AFTER DELETE ON "Tag" REFERENCING OLD TABLE AS "before"
FOR EACH STATEMENT EXECUTE FUNCTION "Tag_totals_delete"();

-- Triggers of manifests

CREATE FUNCTION "Manifest_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "addToRepositoryTotals"(NEW."repositoryId", 0, 0, 0, 0, 0, 0, 1, NEW."sizeBytes", NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER "Manifest_totals_insert" AFTER INSERT ON "Manifest"
FOR EACH ROW EXECUTE FUNCTION "Manifest_totals_insert"();

CREATE FUNCTION "Manifest_totals_delete"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "addToRepositoryTotals"(o."repositoryId", 0, 0, 0, 0, 0, 0, -count(*)::INTEGER, -sum(o."sizeBytes")::BIGINT, NULL)
  FROM "before" o GROUP BY o."repositoryId";
  RETURN NULL;
END $$;
CREATE TRIGGER "Manifest_totals_delete" AFTER DELETE ON "Manifest" REFERENCING OLD TABLE AS "before"
FOR EACH STATEMENT EXECUTE FUNCTION "Manifest_totals_delete"();

-- Triggers of links to blobs. The rows of "InstanceBlob" are locked in the order of digests. A transaction with several
-- statements that change many links takes the lock of `lockManyLinks` before: two of them would deadlock.

CREATE FUNCTION "RepositoryBlob_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE "added" RECORD;
DECLARE "newBytes" BIGINT;
BEGIN
  FOR "added" IN
    SELECT n."repositoryId", r."instanceId", sum(b."sizeBytes")::BIGINT AS "bytes"
    FROM "after" n JOIN "Repository" r ON r."id" = n."repositoryId" JOIN "Blob" b ON b."digest" = n."digest"
    GROUP BY n."repositoryId", r."instanceId"
  LOOP
    PERFORM "addToRepositoryTotals"("added"."repositoryId", 0, 0, 0, 0, 0, 0, 0, "added"."bytes", NULL);
    WITH "counted" AS (
      INSERT INTO "InstanceBlob" AS c ("instanceId", "digest", "links")
      SELECT "added"."instanceId", n."digest", 1 FROM "after" n WHERE n."repositoryId" = "added"."repositoryId"
      ORDER BY n."digest"
      ON CONFLICT ("instanceId", "digest") DO UPDATE SET "links" = c."links" + 1
      RETURNING c."digest", c."links")
    SELECT sum(b."sizeBytes") INTO "newBytes"
    FROM "counted" JOIN "Blob" b ON b."digest" = "counted"."digest" WHERE "counted"."links" = 1;
    IF "newBytes" IS NOT NULL THEN
      PERFORM "addToInstanceTotals"("added"."instanceId", 0, "newBytes");
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER "RepositoryBlob_totals_insert" AFTER INSERT ON "RepositoryBlob" REFERENCING NEW TABLE AS "after"
FOR EACH STATEMENT EXECUTE FUNCTION "RepositoryBlob_totals_insert"();

CREATE FUNCTION "RepositoryBlob_totals_delete"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE "gone" RECORD;
DECLARE "oldBytes" BIGINT;
BEGIN
  FOR "gone" IN
    SELECT o."repositoryId", r."instanceId", sum(b."sizeBytes")::BIGINT AS "bytes"
    FROM "before" o JOIN "Repository" r ON r."id" = o."repositoryId" JOIN "Blob" b ON b."digest" = o."digest"
    GROUP BY o."repositoryId", r."instanceId"
  LOOP
    PERFORM "addToRepositoryTotals"("gone"."repositoryId", 0, 0, 0, 0, 0, 0, 0, -"gone"."bytes", NULL);
    WITH "held" AS MATERIALIZED (
      SELECT c."digest" FROM "InstanceBlob" c WHERE c."instanceId" = "gone"."instanceId" AND c."digest" IN (
        SELECT o."digest" FROM "before" o WHERE o."repositoryId" = "gone"."repositoryId")
      ORDER BY c."digest" FOR NO KEY UPDATE),
    "counted" AS (
      UPDATE "InstanceBlob" c SET "links" = c."links" - 1 FROM "held"
      WHERE c."instanceId" = "gone"."instanceId" AND c."digest" = "held"."digest"
      RETURNING c."digest", c."links")
    SELECT sum(b."sizeBytes") INTO "oldBytes"
    FROM "counted" JOIN "Blob" b ON b."digest" = "counted"."digest" WHERE "counted"."links" = 0;
    IF "oldBytes" IS NOT NULL THEN
      PERFORM "addToInstanceTotals"("gone"."instanceId", 0, -"oldBytes");
      DELETE FROM "InstanceBlob" c WHERE c."instanceId" = "gone"."instanceId" AND c."links" = 0 AND c."digest" IN (
        SELECT o."digest" FROM "before" o WHERE o."repositoryId" = "gone"."repositoryId");
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER "RepositoryBlob_totals_delete" AFTER DELETE ON "RepositoryBlob" REFERENCING OLD TABLE AS "before"
FOR EACH STATEMENT EXECUTE FUNCTION "RepositoryBlob_totals_delete"();
