import type { z } from 'zod'
import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'

/** A signed request, verified, with its input as the action's schema gives it. What the caller may do, the use case checks. */
export interface ActionCall<Input extends z.ZodObject = z.ZodObject> {
  readonly ctx: Context
  readonly principal: Principal
  readonly input: z.output<Input>
  /** `Host` of the request. */
  readonly host: string
}

/** The fields of an answer, but for `RequestId`, `Code` and `IsSuccess`, which the door adds. */
export type Answer = Readonly<Record<string, unknown>>

/** One action of ACR's API, version 2018-12-01, as docs/acr-actions.md lists them. */
export interface Action<Input extends z.ZodObject = z.ZodObject> {
  /** ACR's name, such as `GetRepository`. */
  readonly name: string
  /**
   * The parameters, each a string when it comes. Those that it does not name are ignored, as ACR's gateway does: an
   * SDK may send newer ones.
   */
  readonly input: Input
  /** Throws AppError. */
  readonly run: (call: ActionCall<Input>) => Promise<Answer>
}

/** Declares an action; its `run` is checked against its input, which it then gets as the schema gives it. */
export function action<Input extends z.ZodObject>(declared: Action<Input>): Action {
  return declared
}
