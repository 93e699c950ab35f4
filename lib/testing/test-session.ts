import { TOTP } from 'otpauth'
import { expect } from 'vitest'
import { createId } from '@/lib/domain/ids'
import { insertUser } from '@/lib/metadata/users'
import { type TestAnswer, type TestApi, type TestCall, uniqueName } from './test-api'

/** The `Origin` that browsers send with requests from pages of this server. */
const origin = 'http://localhost:3000'

/** A member with a password, and one of their browsers. */
export class TestPerson {
  /** The `Cookie` header of their browser; null before they have logged on. */
  cookie: string | null = null

  private constructor(
    readonly api: TestApi,
    readonly id: string,
    readonly name: string,
    readonly password: string,
  ) {}

  static async make(api: TestApi, role: 'ADMINISTRATOR' | 'MEMBER' = 'MEMBER'): Promise<TestPerson> {
    const password = 'a-password-of-a-person'
    const person = new TestPerson(api, createId('user'), uniqueName(), password)
    const passwordHash = await api.ctx.passwords.hash(password)
    await api.ctx.db.transaction((tx) => insertUser(tx, { id: person.id, name: person.name, role, passwordHash }))
    return person
  }

  /** Returns the same person in another browser. */
  elsewhere(): TestPerson {
    return new TestPerson(this.api, this.id, this.name, this.password)
  }

  /** Sends the log-on; a successful one sets the cookie. */
  async logOn(body: object = {}): Promise<TestAnswer> {
    const answer = await this.call('POST', '/session', {
      body: { userName: this.name, password: this.password, ...body },
    })
    if (answer.status === 201) this.takeCookie(answer)
    return answer
  }

  /** Stores the session cookie of an answer, as a browser does. */
  takeCookie(answer: TestAnswer): void {
    const set = answer.headers.getSetCookie().find((one) => one.startsWith('stele_session_3000='))
    expect(set).toBeDefined()
    this.cookie = set?.split(';')[0] ?? null
  }

  /** Calls the API from this browser. */
  call(
    method: Parameters<TestApi['call']>[0],
    template: string,
    { headers = {}, params = {}, ...call }: TestCall & { readonly params?: Record<string, string> } = {},
  ): Promise<TestAnswer> {
    const cookie = this.cookie === null ? {} : { cookie: this.cookie }
    return this.api.call(method, template, params, {
      anonymous: true,
      ...call,
      headers: { origin, ...cookie, ...headers },
    })
  }

  /** Returns whether this browser's session is valid. */
  async isLoggedOn(): Promise<boolean> {
    return (await this.call('GET', '/session')).status === 200
  }

  /** Turns the second factor on; returns the app's secret and the recovery codes. */
  async turnSecondFactorOn(): Promise<{ secret: string; recoveryCodes: readonly string[] }> {
    const setUp = await this.call('POST', '/profile/second-factor', { body: { password: this.password } })
    const secret = String(setUp.json.secret)
    const confirmed = await this.call('POST', '/profile/second-factor/confirmation', {
      body: { code: codeOf(secret) },
    })
    expect(confirmed.status).toBe(201)
    return { secret, recoveryCodes: confirmed.json.recoveryCodes as readonly string[] }
  }
}

/** Returns what an authenticator app shows, `steps` of 30 seconds after now (before, when negative). */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 })
}
