import { type ReactNode, useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { agentView } from '../live/rows.ts';
import { useTables } from '../live/use-live.tsx';

const MAX_USUAL = 8;
/** What the PBX itself gives as a reason is none of a person's. */
const NOT_USUAL = /^auto-?pause$/i;

/** Reasons in use on this floor now, those of most agents first. As text, so that it changes only with its content. */
function reasonsInUse(tables: ChannelTables): string {
  const counts = new Map<string, number>();
  for (const [id, row] of tables.agents?.entries() ?? []) {
    const { presence, presenceReason } = agentView(id, row);
    if (presence === 'available' || presence === 'signedOut' || NOT_USUAL.test(presenceReason)) continue;
    if (presenceReason) counts.set(presenceReason, (counts.get(presenceReason) ?? 0) + 1);
  }
  return JSON.stringify([...counts].sort((a, b) => b[1] - a[1]).map(([reason]) => reason));
}

interface ReasonFieldProps {
  /** The reason goes to the PBX, and the floor is used to some. */
  readonly isPause: boolean;
  readonly value: string;
  readonly onChange: (reason: string) => void;
}

/** The usual reasons at one click, and any other in words. */
export function ReasonField({ isPause, value, onChange }: ReasonFieldProps): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const inUse = useTables('agents', reasonsInUse);
  const usual = useMemo(() => {
    const known = t('acting.usualReasons').split('/');
    return [...new Set([...(JSON.parse(inUse) as string[]), ...known])].slice(0, MAX_USUAL);
  }, [inUse, t]);
  return (
    <fieldset className="act__reason">
      <legend>{t('floor.reason')}</legend>
      {isPause && (
        <div className="act__reasons">
          {usual.map((reason) => (
            <button
              key={reason}
              type="button"
              className="chip"
              aria-pressed={value === reason}
              onClick={() => onChange(reason)}
            >
              <bdi>{reason}</bdi>
            </button>
          ))}
        </div>
      )}
      <label htmlFor={id} className="sr-only">
        {t('floor.reason')}
      </label>
      <input
        id={id}
        required
        maxLength={200}
        value={value}
        placeholder={t('acting.reasonHint')}
        onChange={({ target }) => onChange(target.value)}
      />
    </fieldset>
  );
}
