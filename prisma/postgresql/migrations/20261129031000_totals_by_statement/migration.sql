-- Tags and manifests that one statement adds are added up first: a row of totals that is updated again and again in one
-- transaction takes longer each time.

DROP TRIGGER "Tag_totals_insert" ON "Tag";
CREATE OR REPLACE FUNCTION "Tag_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE "added" RECORD;
BEGIN
  FOR "added" IN
    SELECT n."repositoryId", r."instanceId", max(n."updatedAt") AS "at",
      count(*)::INTEGER AS "tags",
      (count(*) FILTER (WHERE n."isTechnical"))::INTEGER AS "technicalTags",
      (count(*) FILTER (WHERE n."kind" = 'helmChart'))::INTEGER AS "helmCharts",
      (count(*) FILTER (WHERE n."kind" = 'helmChart' AND n."isTechnical"))::INTEGER AS "technicalHelmCharts",
      (count(*) FILTER (WHERE n."kind" = 'artifact'))::INTEGER AS "artifacts",
      (count(*) FILTER (WHERE n."kind" = 'artifact' AND n."isTechnical"))::INTEGER AS "technicalArtifacts"
    FROM "after" n JOIN "Repository" r ON r."id" = n."repositoryId" AND NOT r."isDeleted"
    GROUP BY n."repositoryId", r."instanceId"
  LOOP
    PERFORM "addToRepositoryTotals"("added"."repositoryId", "added"."tags", "added"."technicalTags", "added"."helmCharts", "added"."technicalHelmCharts", "added"."artifacts", "added"."technicalArtifacts", 0, 0, "added"."at");
    PERFORM "addToInstanceTotals"("added"."instanceId", "added"."tags", 0);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER "Tag_totals_insert" AFTER INSERT ON "Tag" REFERENCING NEW TABLE AS "after"
FOR EACH STATEMENT EXECUTE FUNCTION "Tag_totals_insert"();

DROP TRIGGER "Manifest_totals_insert" ON "Manifest";
CREATE OR REPLACE FUNCTION "Manifest_totals_insert"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "addToRepositoryTotals"(n."repositoryId", 0, 0, 0, 0, 0, 0, count(*)::INTEGER, sum(n."sizeBytes")::BIGINT, NULL)
  FROM "after" n GROUP BY n."repositoryId";
  RETURN NULL;
END $$;
CREATE TRIGGER "Manifest_totals_insert" AFTER INSERT ON "Manifest" REFERENCING NEW TABLE AS "after"
FOR EACH STATEMENT EXECUTE FUNCTION "Manifest_totals_insert"();
