/** Who is who, over HTTP: set-up, sessions, people, tokens, audit. What it needs of the feature `auth` is `AccessPort`. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { API } from '../../../shared/api.ts';
import type {
  AuditEntry,
  auditQuery,
  changePersonBody,
  newPersonBody,
  newTokenBody,
  newTokenSchema,
  Person,
  passwordBody,
  SessionAnswer,
  setUpBody,
  signInBody,
  signOnStartSchema,
  Token,
  totpBody,
  totpStartSchema,
} from '../../../shared/api-access.ts';
import type { Entered } from '../door.ts';
import { type Asked, Reply, type Route, type RouteOptions, route } from '../route.ts';

/** About the asker's own session, which the request carries. */
interface Own {
  readonly request: IncomingMessage;
  readonly from: string;
}

/** `cookie` is the value of a Set-Cookie header. */
interface Signed {
  readonly answer: SessionAnswer;
  readonly cookie: string;
}

export interface AccessPort {
  session(own: Own): Promise<SessionAnswer>;
  setUp(own: Own, body: z.output<typeof setUpBody>): Promise<Signed>;
  signIn(own: Own, body: z.output<typeof signInBody>): Promise<Signed>;
  startSignOn(own: Own): Promise<{ readonly answer: z.input<typeof signOnStartSchema>; readonly cookie: string }>;
  finishSignOn(own: Own, query: string): Promise<Signed>;
  signOut(own: Own): Promise<Signed>;
  signOutEverywhere(own: Own): Promise<Signed>;
  changePassword(own: Own, body: z.output<typeof passwordBody>): Promise<Signed>;
  startTotp(own: Own): Promise<z.input<typeof totpStartSchema>>;
  changeTotp(own: Own, body: z.output<typeof totpBody>): Promise<SessionAnswer>;
  people(asker: Entered): Promise<Person[]>;
  createPerson(asker: Entered, body: z.output<typeof newPersonBody>): Promise<Person>;
  changePerson(asker: Entered, person: string, body: z.output<typeof changePersonBody>): Promise<Person>;
  signOutPerson(asker: Entered, person: string): Promise<void>;
  tokens(asker: Entered): Promise<Token[]>;
  createToken(asker: Entered, body: z.output<typeof newTokenBody>): Promise<z.input<typeof newTokenSchema>>;
  revokeToken(asker: Entered, token: string): Promise<void>;
  audit(
    asker: Entered,
    query: z.output<typeof auditQuery>,
  ): Promise<{ readonly entries: AuditEntry[]; readonly next: number | null }>;
}

const askerOf = ({ subject, from }: Asked<unknown, unknown>): Entered => ({ subject, from });

const signed = <A>({ answer, cookie }: { readonly answer: A; readonly cookie: string }): Reply<A> =>
  new Reply(200, answer, { 'Set-Cookie': cookie });

export function accessRoutes(access: AccessPort, options: RouteOptions): Route[] {
  return [
    route(API.session, options, (_, own) => access.session(own)),
    route(API.setUp, options, async (_, own) => signed(await access.setUp(own, own.body))),
    route(API.signIn, options, async (_, own) => signed(await access.signIn(own, own.body))),
    route(API.startSignOn, options, async (_, own) => signed(await access.startSignOn(own))),
    route(API.finishSignOn, options, async (_, own) => signed(await access.finishSignOn(own, own.body.query))),
    route(API.signOut, options, async (_, own) => signed(await access.signOut(own))),
    route(API.signOutEverywhere, options, async (_, own) => signed(await access.signOutEverywhere(own))),
    route(API.changePassword, options, async (_, own) => signed(await access.changePassword(own, own.body))),
    route(API.startTotp, options, (_, own) => access.startTotp(own)),
    route(API.changeTotp, options, (_, own) => access.changeTotp(own, own.body)),
    route(API.people, options, async (_, asked) => ({ people: await access.people(askerOf(asked)) })),
    route(API.createPerson, options, (_, asked) => access.createPerson(askerOf(asked), asked.body)),
    route(API.changePerson, options, ({ person }, asked) => access.changePerson(askerOf(asked), person, asked.body)),
    route(API.signOutPerson, options, async ({ person }, asked) => {
      await access.signOutPerson(askerOf(asked), person);
      return {};
    }),
    route(API.tokens, options, async (_, asked) => ({ tokens: await access.tokens(askerOf(asked)) })),
    route(API.createToken, options, (_, asked) => access.createToken(askerOf(asked), asked.body)),
    route(API.revokeToken, options, async ({ token }, asked) => {
      await access.revokeToken(askerOf(asked), token);
      return {};
    }),
    route(API.audit, options, (_, asked) => access.audit(askerOf(asked), asked.query)),
  ];
}
