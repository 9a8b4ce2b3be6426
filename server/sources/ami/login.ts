/** The login dialogue as a pure machine: an answer in, the next action or a verdict out. */
import { createHash } from 'node:crypto';
import type { AmiMessage } from './message.ts';
import type { AmiUrl } from './url.ts';

export interface AmiAction {
  readonly name: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export type LoginStep =
  | { readonly type: 'send'; readonly action: AmiAction }
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly reason: string };

export interface Login {
  first(): AmiAction;
  next(answer: AmiMessage): LoginStep;
}

const CHALLENGE: AmiAction = { name: 'Challenge', fields: { AuthType: 'MD5' } };

/** MD5 first, so that the secret does not cross the wire where the PBX can do without it. */
export function createLogin({ username, secret, auth }: Pick<AmiUrl, 'username' | 'secret' | 'auth'>): Login {
  let isChallenged = false;
  // Events are asked for as a whole: a mask that Asterisk does not know switches them all off and says Success.
  const plain: AmiAction = { name: 'Login', fields: { Username: username, Secret: secret, Events: 'on' } };

  return {
    first() {
      isChallenged = auth !== 'plain';
      return isChallenged ? CHALLENGE : plain;
    },
    next(answer) {
      const isSuccess = answer.name.toLowerCase() === 'success';
      if (isChallenged) {
        isChallenged = false;
        const challenge = answer.get('Challenge');
        if (isSuccess && challenge !== undefined) {
          const key = createHash('md5').update(challenge).update(secret).digest('hex');
          return {
            type: 'send',
            action: { name: 'Login', fields: { AuthType: 'MD5', Username: username, Key: key, Events: 'on' } },
          };
        }
        if (auth === 'md5') return { type: 'refused', reason: 'the PBX does not offer MD5' };
        return { type: 'send', action: plain };
      }
      if (isSuccess) return { type: 'accepted' };
      return { type: 'refused', reason: answer.get('Message') ?? answer.name };
    },
  };
}

/** An action's bytes. A line end in a field would let it forge headers: that is a bug of the caller. */
export function encodeAction({ name, fields = {} }: AmiAction, actionId: string): string {
  const lines = Object.entries({ Action: name, ActionID: actionId, ...fields }).map(
    ([key, value]) => `${key}: ${value}`,
  );
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Error(`line end in a field of ${name}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
