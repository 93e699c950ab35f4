-- Totals of repositories and instances, kept by triggers in each transaction that changes what they count
-- (docs/decisions/0030-totals.md). Stele fills them for what exists, in the transaction of this migration
-- (lib/metadata/engine/fill-totals.ts). A later migration that rebuilds one of these tables must make its triggers again.

-- CreateTable
CREATE TABLE "RepositoryTotals" (
    "repositoryId" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "tags" INTEGER NOT NULL DEFAULT 0,
    "technicalTags" INTEGER NOT NULL DEFAULT 0,
    "helmCharts" INTEGER NOT NULL DEFAULT 0,
    "technicalHelmCharts" INTEGER NOT NULL DEFAULT 0,
    "artifacts" INTEGER NOT NULL DEFAULT 0,
    "technicalArtifacts" INTEGER NOT NULL DEFAULT 0,
    "manifests" INTEGER NOT NULL DEFAULT 0,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "lastPushedAt" DATETIME,

    PRIMARY KEY ("repositoryId", "slot"),
    CONSTRAINT "RepositoryTotals_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "InstanceTotals" (
    "instanceId" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "tags" INTEGER NOT NULL DEFAULT 0,
    "blobBytes" BIGINT NOT NULL DEFAULT 0,

    PRIMARY KEY ("instanceId", "slot"),
    CONSTRAINT "InstanceTotals_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "InstanceBlob" (
    "instanceId" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "links" INTEGER NOT NULL,

    PRIMARY KEY ("instanceId", "digest")
);

-- Triggers of repositories and instances

CREATE TRIGGER "Instance_totals_insert" AFTER INSERT ON "Instance" BEGIN
  INSERT INTO "InstanceTotals" ("instanceId", "slot") VALUES (NEW."id", 0);
END;

CREATE TRIGGER "Repository_totals_insert" AFTER INSERT ON "Repository" BEGIN
  INSERT INTO "RepositoryTotals" ("repositoryId", "slot") VALUES (NEW."id", 0);
END;

CREATE TRIGGER "Repository_totals_delete" AFTER UPDATE OF "isDeleted" ON "Repository"
WHEN NEW."isDeleted" AND NOT OLD."isDeleted" BEGIN
  UPDATE "InstanceTotals" SET "tags" = "tags" - (
    SELECT coalesce(sum("tags"), 0) FROM "RepositoryTotals" WHERE "repositoryId" = NEW."id")
  WHERE "instanceId" = NEW."instanceId" AND "slot" = 0;
  DELETE FROM "RepositoryTotals" WHERE "repositoryId" = NEW."id";
END;

-- Triggers of tags

CREATE TRIGGER "Tag_totals_insert" AFTER INSERT ON "Tag" BEGIN
  UPDATE "RepositoryTotals" SET
    "tags" = "tags" + 1,
    "technicalTags" = "technicalTags" + (NEW."isTechnical"),
    "helmCharts" = "helmCharts" + (NEW."kind" = 'helmChart'),
    "technicalHelmCharts" = "technicalHelmCharts" + (NEW."kind" = 'helmChart' AND NEW."isTechnical"),
    "artifacts" = "artifacts" + (NEW."kind" = 'artifact'),
    "technicalArtifacts" = "technicalArtifacts" + (NEW."kind" = 'artifact' AND NEW."isTechnical"),
    "lastPushedAt" = max(coalesce("lastPushedAt", ''), NEW."updatedAt")
  WHERE "repositoryId" = NEW."repositoryId" AND "slot" = 0;
  UPDATE "InstanceTotals" SET "tags" = "tags" + 1 WHERE "slot" = 0 AND "instanceId" = (
    SELECT "instanceId" FROM "Repository" WHERE "id" = NEW."repositoryId" AND NOT "isDeleted");
END;

CREATE TRIGGER "Tag_totals_update" AFTER UPDATE OF "updatedAt", "kind" ON "Tag" BEGIN
  UPDATE "RepositoryTotals" SET
    "technicalTags" = "technicalTags" + (NEW."isTechnical") - (OLD."isTechnical"),
    "helmCharts" = "helmCharts" + (NEW."kind" = 'helmChart') - (OLD."kind" = 'helmChart'),
    "technicalHelmCharts" = "technicalHelmCharts" + (NEW."kind" = 'helmChart' AND NEW."isTechnical") - (OLD."kind" = 'helmChart' AND OLD."isTechnical"),
    "artifacts" = "artifacts" + (NEW."kind" = 'artifact') - (OLD."kind" = 'artifact'),
    "technicalArtifacts" = "technicalArtifacts" + (NEW."kind" = 'artifact' AND NEW."isTechnical") - (OLD."kind" = 'artifact' AND OLD."isTechnical"),
    "lastPushedAt" = max(coalesce("lastPushedAt", ''), NEW."updatedAt")
  WHERE "repositoryId" = NEW."repositoryId" AND "slot" = 0;
END;

CREATE TRIGGER "Tag_totals_delete" AFTER DELETE ON "Tag" BEGIN
  UPDATE "RepositoryTotals" SET
    "tags" = "tags" - 1,
    "technicalTags" = "technicalTags" - (OLD."isTechnical"),
    "helmCharts" = "helmCharts" - (OLD."kind" = 'helmChart'),
    "technicalHelmCharts" = "technicalHelmCharts" - (OLD."kind" = 'helmChart' AND OLD."isTechnical"),
    "artifacts" = "artifacts" - (OLD."kind" = 'artifact'),
    "technicalArtifacts" = "technicalArtifacts" - (OLD."kind" = 'artifact' AND OLD."isTechnical")
  WHERE "repositoryId" = OLD."repositoryId" AND "slot" = 0;
  UPDATE "InstanceTotals" SET "tags" = "tags" - 1 WHERE "slot" = 0 AND "instanceId" = (
    SELECT "instanceId" FROM "Repository" WHERE "id" = OLD."repositoryId" AND NOT "isDeleted");
END;

-- Triggers of manifests

CREATE TRIGGER "Manifest_totals_insert" AFTER INSERT ON "Manifest" BEGIN
  UPDATE "RepositoryTotals" SET "manifests" = "manifests" + 1, "sizeBytes" = "sizeBytes" + NEW."sizeBytes"
  WHERE "repositoryId" = NEW."repositoryId" AND "slot" = 0;
END;

CREATE TRIGGER "Manifest_totals_delete" AFTER DELETE ON "Manifest" BEGIN
  UPDATE "RepositoryTotals" SET "manifests" = "manifests" - 1, "sizeBytes" = "sizeBytes" - OLD."sizeBytes"
  WHERE "repositoryId" = OLD."repositoryId" AND "slot" = 0;
END;

-- Triggers of links to blobs

CREATE TRIGGER "RepositoryBlob_totals_insert" AFTER INSERT ON "RepositoryBlob" BEGIN
  UPDATE "RepositoryTotals" SET "sizeBytes" = "sizeBytes" + (SELECT "sizeBytes" FROM "Blob" WHERE "digest" = NEW."digest")
  WHERE "repositoryId" = NEW."repositoryId" AND "slot" = 0;
  INSERT INTO "InstanceBlob" ("instanceId", "digest", "links")
  SELECT "instanceId", NEW."digest", 1 FROM "Repository" WHERE "id" = NEW."repositoryId"
  ON CONFLICT ("instanceId", "digest") DO UPDATE SET "links" = "links" + 1;
  UPDATE "InstanceTotals" SET "blobBytes" = "blobBytes" + (SELECT "sizeBytes" FROM "Blob" WHERE "digest" = NEW."digest")
  WHERE "slot" = 0 AND "instanceId" = (SELECT "instanceId" FROM "Repository" WHERE "id" = NEW."repositoryId")
    AND (SELECT "links" FROM "InstanceBlob" b WHERE b."instanceId" = "InstanceTotals"."instanceId" AND b."digest" = NEW."digest") = 1;
END;

CREATE TRIGGER "RepositoryBlob_totals_delete" AFTER DELETE ON "RepositoryBlob" BEGIN
  UPDATE "RepositoryTotals" SET "sizeBytes" = "sizeBytes" - (SELECT "sizeBytes" FROM "Blob" WHERE "digest" = OLD."digest")
  WHERE "repositoryId" = OLD."repositoryId" AND "slot" = 0;
  UPDATE "InstanceBlob" SET "links" = "links" - 1
  WHERE "digest" = OLD."digest" AND "instanceId" = (SELECT "instanceId" FROM "Repository" WHERE "id" = OLD."repositoryId");
  UPDATE "InstanceTotals" SET "blobBytes" = "blobBytes" - (SELECT "sizeBytes" FROM "Blob" WHERE "digest" = OLD."digest")
  WHERE "slot" = 0 AND "instanceId" = (SELECT "instanceId" FROM "Repository" WHERE "id" = OLD."repositoryId")
    AND (SELECT "links" FROM "InstanceBlob" b WHERE b."instanceId" = "InstanceTotals"."instanceId" AND b."digest" = OLD."digest") = 0;
  DELETE FROM "InstanceBlob"
  WHERE "digest" = OLD."digest" AND "links" = 0 AND "instanceId" = (SELECT "instanceId" FROM "Repository" WHERE "id" = OLD."repositoryId");
END;
