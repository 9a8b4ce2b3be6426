/** In plain words, what comes of a role and a scope: the last look before somebody is given them. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Right, Scope } from '../../../shared/policy.ts';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { type Places, previewOf, type Seen } from './preview.ts';

/** Rights to look are told as what is seen; the rest as what may be done. */
const LOOKS: readonly Right[] = ['numbers.view', 'agents.view'];
const NAMED = 4;

interface AccessPreviewProps {
  /** Of whom it speaks. */
  readonly name: string;
  readonly rights: readonly Right[];
  readonly scope: Scope;
  readonly places: Places;
}

export function AccessPreview({ name, rights, scope, places }: AccessPreviewProps): ReactNode {
  const { t } = useTranslation();
  const preview = previewOf({ rights, scope }, places);
  const hasNumbers = rights.includes('numbers.view');
  return (
    <section className="preview" aria-label={t('access.preview.title')} aria-live="polite">
      <h3>{t('access.preview.sees', { who: name })}</h3>
      <ul>
        {hasNumbers && <SeenLine kind="sites" seen={preview.sites} />}
        {hasNumbers && <SeenLine kind="queues" seen={preview.queues} />}
        {preview.teams ? (
          <SeenLine kind="teams" seen={preview.teams} />
        ) : (
          <Line isGiven={false}>{t('access.preview.noAgents')}</Line>
        )}
      </ul>
      <h3>{t('access.preview.may')}</h3>
      <ul>
        {preview.may
          .filter((right) => !LOOKS.includes(right))
          .map((right) => (
            <Line key={right} isGiven>
              {t(`access.right.${right}`)}
            </Line>
          ))}
        {preview.may.every((right) => LOOKS.includes(right)) && (
          <Line isGiven={false}>{t('access.preview.mayNothing')}</Line>
        )}
      </ul>
      {preview.mayNot.length > 0 && (
        <details className="preview__not">
          <summary>{t('access.preview.mayNot', { count: preview.mayNot.length })}</summary>
          <ul>
            {preview.mayNot.map((right) => (
              <Line key={right} isGiven={false}>
                {t(`access.right.${right}`)}
              </Line>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function SeenLine({ kind, seen }: { kind: 'sites' | 'queues' | 'teams'; seen: Seen }): ReactNode {
  const { t } = useTranslation();
  if (seen.isAll) return <Line isGiven>{t(`access.preview.all.${kind}`)}</Line>;
  if (seen.names.length === 0) return <Line isGiven={false}>{t(`access.preview.none.${kind}`)}</Line>;
  const named = seen.names.slice(0, NAMED).join(t('access.list.comma'));
  const more = seen.names.length - NAMED;
  const names = more > 0 ? t('access.list.more', { names: named, count: more }) : named;
  return (
    <Line isGiven>{t(`access.preview.some.${kind}`, { count: seen.names.length, total: seen.outOf, names })}</Line>
  );
}

function Line({ isGiven, children }: { isGiven: boolean; children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <li data-given={isGiven}>
      <SeverityMark kind={isGiven ? 'eased' : 'unjudged'} />
      <span>
        <span className="sr-only">{isGiven ? t('access.preview.yes') : t('access.preview.no')} </span>
        {children}
      </span>
    </li>
  );
}
