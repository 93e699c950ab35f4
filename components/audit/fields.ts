/** The fields that audit events speak of, each with a word among the messages. */
export const auditFields = [
  ...['acceptSparseManifests', 'allowAnonymousPull', 'arePullsCounted', 'autoCreateRepository', 'claimedName'],
  ...['closesAt', 'defaultExemptTags', 'defaultImmutabilityMode', 'defaultRepositoryType', 'deletedBy', 'description'],
  ...['digest', 'displayName', 'ended', 'endedSessions', 'exemptTags', 'expiresAt', 'filter', 'graceSeconds'],
  ...['grantCount', 'grants', 'immutability', 'immutabilityMode', 'invitation', 'invitationsRevoked', 'isDefault'],
  ...['isDisabled', 'isDryRun', 'isExample', 'isLogPublic', 'isPasswordNew', 'issuer', 'leftOut', 'minutes'],
  ...['moveCount', 'name', 'namespace', 'password', 'path', 'permission', 'reason', 'recoveryCodes', 'regionId'],
  ...['registryPasswordsRemoved', 'revokedAt', 'revokesFormer', 'role', 'scopeId', 'sealedWith', 'secondFactor'],
  ...['secretChanged', 'session', 'sessions', 'setAt', 'signs', 'specification', 'subject', 'subjectId', 'summary'],
  ...[
    'tagCount',
    'tags',
    'total',
    'type',
    'untaggedRetentionDays',
    'userId',
    'registryPasswordCount',
    'robotCount',
    'robots',
    'temporaryTokenCount',
  ],
] as const
