import {
  acceptInvitationBody,
  invitation,
  inviteUserBody,
  readInvitationBody,
  shownInvitation,
} from '@/lib/api/schemas/invitations'
import { session } from '@/lib/api/schemas/sessions'
import type { Operation } from './operation'

/** Invitations: links with which users without a password set one. */
export const invitationOperations = {
  inviteUser: {
    id: 'inviteUser',
    method: 'POST',
    path: '/invitations',
    summary: 'Create a user who sets the password by an invitation; only this response shows its address',
    body: inviteUserBody,
    status: 201,
    response: invitation,
    showsSecret: true,
    refusals: ['ALREADY_EXISTS'],
  },
  renewInvitation: {
    id: 'renewInvitation',
    method: 'POST',
    path: '/users/{userId}/invitation',
    summary: 'Give a user without a password a new invitation, which only this response shows; the former one ends',
    status: 201,
    response: invitation,
    showsSecret: true,
    refusals: ['NOT_FOUND', 'ALREADY_EXISTS'],
  },
  revokeInvitation: {
    id: 'revokeInvitation',
    method: 'DELETE',
    path: '/users/{userId}/invitation',
    summary: 'Revoke the open invitation of a user',
    status: 204,
    refusals: ['NOT_FOUND'],
  },
  readInvitation: {
    id: 'readInvitation',
    method: 'POST',
    path: '/invitation',
    summary: 'Ask whom an invitation is for, and whether it can be used',
    isPublic: true,
    isQuestion: true,
    body: readInvitationBody,
    status: 200,
    response: shownInvitation,
    provesSecret: true,
    refusals: ['NOT_FOUND'],
  },
  acceptInvitation: {
    id: 'acceptInvitation',
    method: 'POST',
    path: '/invitation/acceptance',
    summary: 'Set the password of the invited user, once, and log on. The response sets the session cookie',
    isPublic: true,
    body: acceptInvitationBody,
    status: 201,
    response: session,
    provesSecret: true,
    refusals: ['NOT_FOUND', 'INVITATION_ENDED'],
  },
} as const satisfies Record<string, Operation>
