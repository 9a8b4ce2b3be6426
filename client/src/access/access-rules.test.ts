/** Pure rules of the pages of people and rights. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loginSchema, newPersonBody, passwordSchema } from '../../../shared/api-access.ts';
import { ERROR_CODES } from '../../../shared/error.ts';
import { may, RIGHTS, RIGHTS_OF, ROLES, type Scope } from '../../../shared/policy.ts';
import { RequestFailed } from '../api.ts';
import { errorText } from '../error-text.ts';
import { createI18n } from '../i18n/i18n.ts';
import { strengthOf, suggestPassword } from './password-strength.ts';
import { checkAccount, differences, NEW_PERSON, newBody } from './person-draft.ts';
import { mergePlaces, previewOf } from './preview.ts';

describe('[ACC63] what a form takes is what the contract takes', () => {
  const odd = fc.string({ unit: fc.constantFrom(...'aZ9._@- 王é\t/'), maxLength: 70 });

  test('logins', () => {
    fc.assert(
      fc.property(odd, (login) => {
        const isTaken = checkAccount({ name: 'x', login }).login === undefined;
        expect(isTaken).toBe(loginSchema.safeParse(login).success);
      }),
    );
  });

  test('passwords', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (password) => {
        const isTaken = checkAccount({ name: 'x', password }).password === undefined;
        expect(isTaken).toBe(passwordSchema.safeParse(password).success);
      }),
    );
  });

  test('names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
        const body = newBody({ ...NEW_PERSON, login: 'login', password: 'correct horse', name });
        expect(checkAccount({ name }).name === undefined).toBe(newPersonBody.safeParse(body).success);
      }),
    );
  });
});

test('[ACC64] every code has a text of its own in both languages', () => {
  const chinese = createI18n('zh-CN').t;
  const english = createI18n('en').t;
  const failed = (code: (typeof ERROR_CODES)[number]) => new RequestFailed(code, 400, 'SERVER');
  // What programs alone are told (tokens) and what these pages never ask for stays in the server's words.
  const elsewhere = ERROR_CODES.filter((code) => errorText(chinese, failed(code)) === 'SERVER');
  expect(elsewhere).toContain('channel.tooMany');
  expect(
    elsewhere.filter((code) => /^(auth\.(?!token)|access|agent|callBack|contact|setup|database|server)/.test(code)),
  ).toEqual([]);
  for (const code of ERROR_CODES) expect(errorText(english, failed(code))).not.toContain('access.error');
  expect(errorText(english, new RequestFailed('request.unanswered', 0, 'x'))).toContain('does not answer');
  expect(errorText(english, new TypeError('x'))).toContain('page failed');
});

describe('[ACC51] the hint helps', () => {
  test.each([
    ['', 'start', 0],
    ['abc', 'more', 0],
    ['aaaaaaaaaaaaaaaa', 'pattern', 1],
    ['1234567890', 'pattern', 1],
    ['password123', 'pattern', 1],
    ['wangfang2026', 'names', 1],
    ['correct horse', 'fair', 2],
    ['correct horse battery', 'good', 3],
    ['蓝色自行车停在月台', 'more', 0],
    ['蓝色自行车停在老月台上', 'strong', 4],
    ['ec86-9fpg-ss5m-cbrp', 'good', 3],
  ])('%j: %s', (password, advice, bars) => {
    expect(strengthOf(password, ['WangFang', '王芳'])).toMatchObject({ advice, bars });
  });

  test('says how much is missing', () => {
    expect(strengthOf('1234567').missing).toBe(3);
  });

  test('a drawn password is as long as wanted and never called easy', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 16, maxLength: 16 }), (draws) => {
        let at = 0;
        const password = suggestPassword((below) => (draws[at++] ?? 0) % below);
        expect(passwordSchema.safeParse(password).success).toBe(true);
        expect(at).toBe(16);
      }),
    );
  });
});

describe('[ACC57] the preview says what the policy does', () => {
  const places = mergePlaces(
    [
      { id: 'main', name: '华东' },
      { id: 'west', name: '西部' },
    ],
    [
      {
        site: 'main',
        queues: [
          { id: '600', name: '订单' },
          { id: '601', name: '售后' },
        ],
        teams: [{ id: 'a', name: 'A' }],
      },
      { site: 'west', queues: [{ id: '600', name: '订单' }], teams: [{ id: 'b', name: 'B' }] },
    ],
  );
  const list = (...ids: string[]) => fc.option(fc.subarray(ids), { nil: null });
  const scopes: fc.Arbitrary<Scope> = fc.record({
    sites: list('main', 'west', 'gone'),
    queues: list('600', '601'),
    teams: list('a', 'b'),
  });

  test('for every role and scope', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), scopes, (role, scope) => {
        const subject = { kind: 'person', id: '', name: '', rights: RIGHTS_OF[role], scope } as const;
        const preview = previewOf(subject, places);
        for (const { name, id, sites } of places.queues) {
          const isSeen = sites.some((site) => may(subject, 'numbers.view', { site, queue: id }));
          expect(preview.queues.names.includes(name)).toBe(isSeen);
        }
        for (const { name, id, sites } of places.teams) {
          const isSeen = sites.some((site) => may(subject, 'agents.view', { site, team: id }));
          expect(preview.teams?.names.includes(name) ?? false).toBe(isSeen);
        }
        expect(preview.queues.isAll).toBe(scope.queues === null && scope.sites === null);
        expect([...preview.may, ...preview.mayNot].sort()).toEqual([...RIGHTS].sort());
        for (const right of preview.may) expect(may(subject, right)).toBe(true);
      }),
    );
  });

  test('nowhere is nothing, whatever the role', () => {
    const scope = { sites: [], queues: null, teams: null };
    expect(previewOf({ rights: RIGHTS, scope }, places)).toMatchObject({
      may: [],
      queues: { names: [], isAll: false },
    });
  });

  test('the same queue of two sites is one name', () => {
    expect(places.queues.map(({ id, sites }) => [id, sites])).toEqual([
      ['600', ['main', 'west']],
      ['601', ['main']],
    ]);
  });
});

test('[ACC55] drafts differ only where they mean something else', () => {
  const scope = { sites: null, queues: ['b', 'a'], teams: [] };
  const one = { ...NEW_PERSON, scope };
  expect(differences(one, { ...one, scope: { ...scope, queues: ['a', 'b', 'a'] } })).toEqual([]);
  expect(differences(one, { ...one, name: 'x', scope: { ...scope, teams: null } })).toEqual(['name', 'teams']);
});
