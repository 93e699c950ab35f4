-- CreateEnum
CREATE TYPE "RepositoryType" AS ENUM ('PUBLIC', 'PRIVATE');

-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('ADMINISTRATOR', 'MEMBER');

-- CreateEnum
CREATE TYPE "Permission" AS ENUM ('PULL', 'PUSH', 'MANAGE');

-- CreateEnum
CREATE TYPE "TagEventKind" AS ENUM ('CREATED', 'MOVED', 'REFUSED', 'DELETED');

-- CreateEnum
CREATE TYPE "ReferenceKind" AS ENUM ('CONFIG', 'LAYER', 'MANIFEST');

-- CreateEnum
CREATE TYPE "MaintenanceKind" AS ENUM ('GARBAGE_COLLECTION', 'SCRUB');

-- CreateEnum
CREATE TYPE "MaintenanceState" AS ENUM ('RUNNING', 'SUCCEEDED', 'FAILED');

-- CreateTable
CREATE TABLE "Instance" (
    "id" TEXT COLLATE "C" NOT NULL,
    "regionId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "specification" TEXT COLLATE "C" NOT NULL,
    "isDefault" BOOLEAN NOT NULL,
    "allowAnonymousPull" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Namespace" (
    "id" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "autoCreateRepository" BOOLEAN NOT NULL,
    "defaultRepositoryType" "RepositoryType" NOT NULL,
    "defaultTagImmutability" BOOLEAN NOT NULL,
    "acceptSparseManifests" BOOLEAN NOT NULL DEFAULT false,
    "untaggedRetentionDays" INTEGER NOT NULL DEFAULT 14,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Namespace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Repository" (
    "id" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "namespaceId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "type" "RepositoryType" NOT NULL,
    "tagImmutability" BOOLEAN NOT NULL,
    "summary" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "updatedBy" TEXT COLLATE "C" NOT NULL,
    "isDeleted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Repository_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RepositoryDeletion" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "actor" TEXT COLLATE "C" NOT NULL,
    "credential" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RepositoryDeletion_pkey" PRIMARY KEY ("repositoryId")
);

-- CreateTable
CREATE TABLE "Manifest" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "mediaType" TEXT COLLATE "C" NOT NULL,
    "artifactType" TEXT COLLATE "C",
    "subjectDigest" TEXT COLLATE "C",
    "seenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "annotations" TEXT COLLATE "C",
    "content" BYTEA NOT NULL,
    "sizeBytes" INTEGER NOT NULL,
    "totalSizeBytes" BIGINT NOT NULL,
    "platforms" TEXT COLLATE "C" NOT NULL,
    "pushedBy" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Manifest_pkey" PRIMARY KEY ("repositoryId","digest")
);

-- CreateTable
CREATE TABLE "ManifestReference" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "parentDigest" TEXT COLLATE "C" NOT NULL,
    "childDigest" TEXT COLLATE "C" NOT NULL,
    "kind" "ReferenceKind" NOT NULL,
    "fingerprint" TEXT COLLATE "C" NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "ManifestReference_pkey" PRIMARY KEY ("repositoryId","parentDigest","childDigest","kind","fingerprint")
);

-- CreateTable
CREATE TABLE "Tag" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "previousDigest" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "updatedBy" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Tag_pkey" PRIMARY KEY ("repositoryId","name")
);

-- CreateTable
CREATE TABLE "Tombstone" (
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "repositoryPath" TEXT COLLATE "C" NOT NULL,
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "tag" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Tombstone_pkey" PRIMARY KEY ("instanceId","repositoryPath","tag")
);

-- CreateTable
CREATE TABLE "Blob" (
    "digest" TEXT COLLATE "C" NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "corruptAt" TIMESTAMP(3),

    CONSTRAINT "Blob_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "RepositoryBlob" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RepositoryBlob_pkey" PRIMARY KEY ("repositoryId","digest")
);

-- CreateTable
CREATE TABLE "Upload" (
    "id" TEXT COLLATE "C" NOT NULL,
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "createdBy" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TagEvent" (
    "id" SERIAL NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "repositoryPath" TEXT COLLATE "C" NOT NULL,
    "tag" TEXT COLLATE "C" NOT NULL,
    "kind" "TagEventKind" NOT NULL,
    "currentDigest" TEXT COLLATE "C",
    "pushedDigest" TEXT COLLATE "C",
    "reason" TEXT COLLATE "C",
    "actor" TEXT COLLATE "C" NOT NULL,
    "credential" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TagEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OutboxEvent" (
    "id" SERIAL NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "repositoryPath" TEXT COLLATE "C" NOT NULL,
    "tagEventId" INTEGER,
    "detail" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OutboxEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" SERIAL NOT NULL,
    "action" TEXT COLLATE "C" NOT NULL,
    "targetType" TEXT COLLATE "C" NOT NULL,
    "targetId" TEXT COLLATE "C" NOT NULL,
    "targetName" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C",
    "before" TEXT COLLATE "C",
    "after" TEXT COLLATE "C",
    "reason" TEXT COLLATE "C",
    "actor" TEXT COLLATE "C" NOT NULL,
    "credential" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "previousHash" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditHead" (
    "id" INTEGER NOT NULL,
    "eventId" INTEGER NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "AuditHead_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "displayName" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "role" "UserRole" NOT NULL,
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "passwordHash" TEXT COLLATE "C",
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastLogOnAt" TIMESTAMP(3),

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Grant" (
    "id" TEXT COLLATE "C" NOT NULL,
    "subjectId" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C",
    "robotId" TEXT COLLATE "C",
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "namespaceId" TEXT COLLATE "C",
    "repositoryId" TEXT COLLATE "C",
    "scopeId" TEXT COLLATE "C" NOT NULL,
    "permission" "Permission" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Robot" (
    "id" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "secretHash" TEXT COLLATE "C" NOT NULL,
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),
    "lastUsedAddress" TEXT COLLATE "C",
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "createdBy" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Robot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RegistryPassword" (
    "userId" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "passwordHash" TEXT COLLATE "C" NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "RegistryPassword_pkey" PRIMARY KEY ("userId","instanceId")
);

-- CreateTable
CREATE TABLE "TemporaryToken" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tokenHash" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "revokedAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "TemporaryToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RefreshToken" (
    "tokenHash" TEXT COLLATE "C" NOT NULL,
    "instanceId" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C",
    "robotId" TEXT COLLATE "C",
    "temporaryTokenId" TEXT COLLATE "C",
    "client" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RefreshToken_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tokenHash" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SecondFactor" (
    "userId" TEXT COLLATE "C" NOT NULL,
    "sealedSecret" TEXT COLLATE "C" NOT NULL,
    "confirmedAt" TIMESTAMP(3),
    "lastStep" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SecondFactor_pkey" PRIMARY KEY ("userId")
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "userId" TEXT COLLATE "C" NOT NULL,
    "codeHash" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("userId","codeHash")
);

-- CreateTable
CREATE TABLE "UserIdentity" (
    "issuer" TEXT COLLATE "C" NOT NULL,
    "subject" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "UserIdentity_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateTable
CREATE TABLE "AccessKey" (
    "id" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "sealedSecret" TEXT COLLATE "C" NOT NULL,
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "AccessKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdempotencyRecord" (
    "id" TEXT COLLATE "C" NOT NULL,
    "requestHash" TEXT COLLATE "C" NOT NULL,
    "status" INTEGER NOT NULL,
    "location" TEXT COLLATE "C",
    "etag" TEXT COLLATE "C",
    "body" TEXT COLLATE "C" NOT NULL,
    "needs" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdempotencyRecord_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MaintenanceRun" (
    "id" SERIAL NOT NULL,
    "kind" "MaintenanceKind" NOT NULL,
    "state" "MaintenanceState" NOT NULL,
    "isDryRun" BOOLEAN NOT NULL DEFAULT false,
    "options" TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    "startedBy" TEXT COLLATE "C" NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),
    "counts" TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    "failure" TEXT COLLATE "C",

    CONSTRAINT "MaintenanceRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PlannedRemoval" (
    "repositoryId" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT COLLATE "C" NOT NULL,
    "runId" INTEGER NOT NULL,
    "repositoryPath" TEXT COLLATE "C" NOT NULL,
    "sizeBytes" INTEGER NOT NULL,
    "totalSizeBytes" BIGINT NOT NULL,

    CONSTRAINT "PlannedRemoval_pkey" PRIMARY KEY ("repositoryId","digest")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT COLLATE "C" NOT NULL,
    "holder" TEXT COLLATE "C" NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "Instance_regionId_name_key" ON "Instance"("regionId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Namespace_instanceId_name_key" ON "Namespace"("instanceId", "name");

-- CreateIndex
CREATE INDEX "Repository_namespaceId_type_isDeleted_idx" ON "Repository"("namespaceId", "type", "isDeleted");

-- CreateIndex
CREATE INDEX "Repository_instanceId_type_isDeleted_idx" ON "Repository"("instanceId", "type", "isDeleted");

-- CreateIndex
CREATE UNIQUE INDEX "Repository_instanceId_path_key" ON "Repository"("instanceId", "path");

-- CreateIndex
CREATE INDEX "Manifest_repositoryId_subjectDigest_digest_idx" ON "Manifest"("repositoryId", "subjectDigest", "digest");

-- CreateIndex
CREATE INDEX "Manifest_repositoryId_seenAt_digest_idx" ON "Manifest"("repositoryId", "seenAt", "digest");

-- CreateIndex
CREATE INDEX "ManifestReference_repositoryId_childDigest_parentDigest_idx" ON "ManifestReference"("repositoryId", "childDigest", "parentDigest");

-- CreateIndex
CREATE INDEX "Tag_repositoryId_digest_idx" ON "Tag"("repositoryId", "digest");

-- CreateIndex
CREATE INDEX "Tag_repositoryId_updatedAt_name_idx" ON "Tag"("repositoryId", "updatedAt", "name");

-- CreateIndex
CREATE INDEX "Blob_seenAt_idx" ON "Blob"("seenAt");

-- CreateIndex
CREATE INDEX "RepositoryBlob_digest_idx" ON "RepositoryBlob"("digest");

-- CreateIndex
CREATE INDEX "RepositoryBlob_seenAt_idx" ON "RepositoryBlob"("seenAt");

-- CreateIndex
CREATE INDEX "Upload_repositoryId_idx" ON "Upload"("repositoryId");

-- CreateIndex
CREATE INDEX "Upload_createdAt_idx" ON "Upload"("createdAt");

-- CreateIndex
CREATE INDEX "TagEvent_repositoryId_tag_id_idx" ON "TagEvent"("repositoryId", "tag", "id");

-- CreateIndex
CREATE INDEX "TagEvent_instanceId_kind_id_idx" ON "TagEvent"("instanceId", "kind", "id");

-- CreateIndex
CREATE INDEX "TagEvent_repositoryId_kind_createdAt_idx" ON "TagEvent"("repositoryId", "kind", "createdAt");

-- CreateIndex
CREATE INDEX "TagEvent_repositoryId_currentDigest_kind_createdAt_idx" ON "TagEvent"("repositoryId", "currentDigest", "kind", "createdAt");

-- CreateIndex
CREATE INDEX "AuditEvent_targetType_targetId_id_idx" ON "AuditEvent"("targetType", "targetId", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_actor_id_idx" ON "AuditEvent"("actor", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_instanceId_id_idx" ON "AuditEvent"("instanceId", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_createdAt_id_idx" ON "AuditEvent"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "User_name_key" ON "User"("name");

-- CreateIndex
CREATE INDEX "Grant_instanceId_subjectId_idx" ON "Grant"("instanceId", "subjectId");

-- CreateIndex
CREATE INDEX "Grant_namespaceId_idx" ON "Grant"("namespaceId");

-- CreateIndex
CREATE INDEX "Grant_repositoryId_idx" ON "Grant"("repositoryId");

-- CreateIndex
CREATE INDEX "Grant_userId_idx" ON "Grant"("userId");

-- CreateIndex
CREATE INDEX "Grant_robotId_idx" ON "Grant"("robotId");

-- CreateIndex
CREATE UNIQUE INDEX "Grant_subjectId_scopeId_key" ON "Grant"("subjectId", "scopeId");

-- CreateIndex
CREATE UNIQUE INDEX "Robot_instanceId_name_key" ON "Robot"("instanceId", "name");

-- CreateIndex
CREATE INDEX "RegistryPassword_instanceId_idx" ON "RegistryPassword"("instanceId");

-- CreateIndex
CREATE UNIQUE INDEX "TemporaryToken_tokenHash_key" ON "TemporaryToken"("tokenHash");

-- CreateIndex
CREATE INDEX "TemporaryToken_userId_instanceId_idx" ON "TemporaryToken"("userId", "instanceId");

-- CreateIndex
CREATE INDEX "TemporaryToken_instanceId_idx" ON "TemporaryToken"("instanceId");

-- CreateIndex
CREATE INDEX "TemporaryToken_expiresAt_idx" ON "TemporaryToken"("expiresAt");

-- CreateIndex
CREATE INDEX "RefreshToken_userId_instanceId_client_idx" ON "RefreshToken"("userId", "instanceId", "client");

-- CreateIndex
CREATE INDEX "RefreshToken_robotId_client_idx" ON "RefreshToken"("robotId", "client");

-- CreateIndex
CREATE INDEX "RefreshToken_instanceId_idx" ON "RefreshToken"("instanceId");

-- CreateIndex
CREATE INDEX "RefreshToken_temporaryTokenId_idx" ON "RefreshToken"("temporaryTokenId");

-- CreateIndex
CREATE INDEX "RefreshToken_expiresAt_idx" ON "RefreshToken"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Session_tokenHash_key" ON "Session"("tokenHash");

-- CreateIndex
CREATE INDEX "Session_userId_createdAt_id_idx" ON "Session"("userId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");

-- CreateIndex
CREATE INDEX "UserIdentity_userId_idx" ON "UserIdentity"("userId");

-- CreateIndex
CREATE INDEX "AccessKey_userId_idx" ON "AccessKey"("userId");

-- CreateIndex
CREATE INDEX "IdempotencyRecord_createdAt_idx" ON "IdempotencyRecord"("createdAt");

-- CreateIndex
CREATE INDEX "MaintenanceRun_kind_id_idx" ON "MaintenanceRun"("kind", "id");

-- CreateIndex
CREATE INDEX "PlannedRemoval_runId_repositoryPath_digest_idx" ON "PlannedRemoval"("runId", "repositoryPath", "digest");

-- AddForeignKey
ALTER TABLE "Namespace" ADD CONSTRAINT "Namespace_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Repository" ADD CONSTRAINT "Repository_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Repository" ADD CONSTRAINT "Repository_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "Namespace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RepositoryDeletion" ADD CONSTRAINT "RepositoryDeletion_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Manifest" ADD CONSTRAINT "Manifest_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManifestReference" ADD CONSTRAINT "ManifestReference_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManifestReference" ADD CONSTRAINT "ManifestReference_repositoryId_parentDigest_fkey" FOREIGN KEY ("repositoryId", "parentDigest") REFERENCES "Manifest"("repositoryId", "digest") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Tag" ADD CONSTRAINT "Tag_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Tag" ADD CONSTRAINT "Tag_repositoryId_digest_fkey" FOREIGN KEY ("repositoryId", "digest") REFERENCES "Manifest"("repositoryId", "digest") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RepositoryBlob" ADD CONSTRAINT "RepositoryBlob_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RepositoryBlob" ADD CONSTRAINT "RepositoryBlob_digest_fkey" FOREIGN KEY ("digest") REFERENCES "Blob"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_robotId_fkey" FOREIGN KEY ("robotId") REFERENCES "Robot"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_namespaceId_fkey" FOREIGN KEY ("namespaceId") REFERENCES "Namespace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "Repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Robot" ADD CONSTRAINT "Robot_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RegistryPassword" ADD CONSTRAINT "RegistryPassword_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RegistryPassword" ADD CONSTRAINT "RegistryPassword_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemporaryToken" ADD CONSTRAINT "TemporaryToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TemporaryToken" ADD CONSTRAINT "TemporaryToken_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_robotId_fkey" FOREIGN KEY ("robotId") REFERENCES "Robot"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_temporaryTokenId_fkey" FOREIGN KEY ("temporaryTokenId") REFERENCES "TemporaryToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SecondFactor" ADD CONSTRAINT "SecondFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveryCode" ADD CONSTRAINT "RecoveryCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UserIdentity" ADD CONSTRAINT "UserIdentity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccessKey" ADD CONSTRAINT "AccessKey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
