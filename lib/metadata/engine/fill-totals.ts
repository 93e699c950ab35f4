/*
 * The totals of what exists before the triggers that keep them (docs/decisions/0030-totals.md).
 */

/** The migration that adds the totals. */
export const totalsMigration = '20261129021515_totals'

/** Statements of both databases that count everything into empty or new tables of totals. */
export const fillTotals: readonly string[] = [
  `DELETE FROM "RepositoryTotals"`,
  `DELETE FROM "InstanceTotals"`,
  `DELETE FROM "InstanceBlob"`,
  `INSERT INTO "RepositoryTotals" ("repositoryId", "slot", "tags", "technicalTags", "helmCharts", "technicalHelmCharts",
     "artifacts", "technicalArtifacts", "manifests", "sizeBytes", "lastPushedAt")
   SELECT r."id", 0, coalesce(t."tags", 0), coalesce(t."technicalTags", 0), coalesce(t."helmCharts", 0),
     coalesce(t."technicalHelmCharts", 0), coalesce(t."artifacts", 0), coalesce(t."technicalArtifacts", 0),
     coalesce(m."manifests", 0), coalesce(m."bytes", 0) + coalesce(l."bytes", 0), e."at"
   FROM "Repository" r
   LEFT JOIN (
     SELECT "repositoryId", count(*) AS "tags",
       sum(CASE WHEN "isTechnical" THEN 1 ELSE 0 END) AS "technicalTags",
       sum(CASE WHEN "kind" = 'helmChart' THEN 1 ELSE 0 END) AS "helmCharts",
       sum(CASE WHEN "kind" = 'helmChart' AND "isTechnical" THEN 1 ELSE 0 END) AS "technicalHelmCharts",
       sum(CASE WHEN "kind" = 'artifact' THEN 1 ELSE 0 END) AS "artifacts",
       sum(CASE WHEN "kind" = 'artifact' AND "isTechnical" THEN 1 ELSE 0 END) AS "technicalArtifacts"
     FROM "Tag" GROUP BY "repositoryId") t ON t."repositoryId" = r."id"
   LEFT JOIN (
     SELECT "repositoryId", count(*) AS "manifests", sum("sizeBytes") AS "bytes"
     FROM "Manifest" GROUP BY "repositoryId") m ON m."repositoryId" = r."id"
   LEFT JOIN (
     SELECT l."repositoryId", sum(b."sizeBytes") AS "bytes"
     FROM "RepositoryBlob" l JOIN "Blob" b ON b."digest" = l."digest" GROUP BY l."repositoryId") l
     ON l."repositoryId" = r."id"
   LEFT JOIN (
     SELECT "repositoryId", max("createdAt") AS "at" FROM "TagEvent"
     WHERE CAST("kind" AS TEXT) IN ('CREATED', 'MOVED', 'RESTORED') GROUP BY "repositoryId") e ON e."repositoryId" = r."id"
   WHERE NOT r."isDeleted"`,
  `INSERT INTO "InstanceBlob" ("instanceId", "digest", "links")
   SELECT r."instanceId", l."digest", count(*) FROM "RepositoryBlob" l JOIN "Repository" r ON r."id" = l."repositoryId"
   GROUP BY r."instanceId", l."digest"`,
  `INSERT INTO "InstanceTotals" ("instanceId", "slot", "tags", "blobBytes")
   SELECT i."id", 0, (
       SELECT coalesce(sum(t."tags"), 0) FROM "RepositoryTotals" t JOIN "Repository" r ON r."id" = t."repositoryId"
       WHERE r."instanceId" = i."id"), (
       SELECT coalesce(sum(b."sizeBytes"), 0) FROM "InstanceBlob" c JOIN "Blob" b ON b."digest" = c."digest"
       WHERE c."instanceId" = i."id")
   FROM "Instance" i`,
]
