import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../shared/api-access.ts';
import { RIGHTS, ROLES } from '../../../shared/policy.ts';
import { changesOf, type Value } from './audit-changes.ts';
import { isSaid, reasonOf, sentenceOf } from './audit-sentence.ts';

export function AuditEntryRow({ entry }: { entry: AuditEntry }): ReactNode {
  const { t, i18n } = useTranslation();
  const time = new Intl.DateTimeFormat(i18n.language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(entry.at);
  const changes = changesOf(entry.before, entry.after).filter(({ path }) => !isSaid(entry, path));
  const reason = reasonOf(t, entry);
  return (
    <li className="audit__entry">
      <details>
        <summary>
          <time dateTime={new Date(entry.at).toISOString()}>{time}</time>
          <span className="audit__sentence">
            {sentenceOf(t, entry).map(({ text, isName }, i) =>
              isName ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change places.
                <bdi key={i}>{text}</bdi>
              ) : (
                text
              ),
            )}
            {reason !== null && <q className="audit__reason">{reason}</q>}
          </span>
        </summary>
        <div className="audit__details">
          {changes.length > 0 && (
            <table>
              <thead>
                <tr>
                  <td />
                  <th scope="col">{t('access.audit.before')}</th>
                  <th scope="col">{t('access.audit.after')}</th>
                </tr>
              </thead>
              <tbody>
                {changes.map(({ path, before, after }) => (
                  <tr key={path}>
                    <th scope="row">{fieldName(t, path)}</th>
                    <td>
                      <Shown path={path} value={before} />
                    </td>
                    <td>
                      <Shown path={path} value={after} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <dl className="audit__facts">
            <Fact label={t('access.audit.number')} text={String(entry.number)} />
            <Fact label={t('access.audit.from')} text={entry.from} />
            <Fact label={t('access.audit.act')} text={entry.act} />
            {entry.site !== null && <Fact label={t('access.audit.site')} text={entry.site} />}
            {entry.subject && <Fact label={t('access.audit.subject')} text={entry.subject} />}
          </dl>
        </div>
      </details>
    </li>
  );
}

function Fact({ label, text }: { label: string; text: string }): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <bdi>{text}</bdi>
      </dd>
    </div>
  );
}

/** Fields that people know by name; others are told as they are called. */
const FIELD_NAMES = [
  'name',
  'login',
  'role',
  'rights',
  'isActive',
  'hasTotp',
  'isPasswordNew',
  'isTotpReset',
  'expiresAt',
  'team',
  'group',
  'sites',
  'queues',
  'teams',
  'isMember',
  'paused',
  'reason',
  'penalty',
  'detail',
  'mode',
  'phone',
  'command',
  'version',
  'number',
  'restores',
  'profile',
  'pages',
  'text',
  'level',
  'endsAt',
] as const;

function fieldName(t: TFunction, path: string): string {
  const last = path.split('.').at(-1);
  const known = FIELD_NAMES.find((name) => name === last);
  if (!known) return path;
  const name = t(`access.auditField.${known}`);
  // An agent's rows stand under the names of their queues.
  const queue = path.startsWith('rows.') ? path.slice('rows.'.length, -known.length - 1) : '';
  return queue === '' ? name : `${queue}: ${name}`;
}

function Shown({ path, value }: { path: string; value: Value }): ReactNode {
  const { t } = useTranslation();
  if (value === undefined) return <span className="list__quiet">{t('access.audit.absent')}</span>;
  if (value === null) return <span className="list__quiet">{t('access.audit.null')}</span>;
  if (typeof value === 'boolean') return value ? t('access.conflict.yes') : t('access.conflict.no');
  const role = path.endsWith('role') && ROLES.find((one) => one === value);
  if (role) return t(`access.role.${role}`);
  if (!Array.isArray(value)) return <bdi>{String(value)}</bdi>;
  const names = value.map((item) => {
    const right = path.endsWith('rights') && RIGHTS.find((one) => one === item);
    return right ? t(`access.rightShort.${right}`) : String(item);
  });
  return <bdi>{names.join(t('access.list.comma')) || t('access.conflict.none')}</bdi>;
}
