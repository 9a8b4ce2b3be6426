import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActingAnswer } from '../../../shared/api-command.ts';
import type { Do } from '../../../shared/command.ts';
import type { AgentView, QueueView } from '../live/rows.ts';
import { Given } from '../ui/given.tsx';
import { ActionForm } from './action-form.tsx';
import { useActing, useIsUnanswered, useMayDo } from './use-acting.ts';

interface MenuProps {
  readonly agent: AgentView;
  readonly queues: readonly QueueView[];
  readonly onDone: () => void;
}

const GROUPS: readonly (readonly Do[])[] = [
  ['pause', 'unpause'],
  ['join-queue', 'leave-queue', 'set-penalty'],
  ['message'],
  ['monitor', 'hang-up'],
];

/** First what to do, then, where it needs one, the reason and the rest. */
export function ActionMenu({ agent, queues, onDone }: MenuProps): ReactNode {
  const { t } = useTranslation();
  const acting = useActing();
  const [chosen, setChosen] = useState<Do | null>(null);
  return (
    <>
      <header className="act__head">
        <h2 id="act-title">
          <Given text={agent.name} />
        </h2>
        <p className="quiet">{chosen === null ? t('acting.actions') : t(`acting.name.${chosen}`)}</p>
      </header>
      {chosen === null ? (
        <Items agent={agent} queues={queues} acting={acting} onChoose={setChosen} />
      ) : (
        <ActionForm agent={agent} queues={queues} what={chosen} onBack={() => setChosen(null)} onDone={onDone} />
      )}
    </>
  );
}

function Items({
  agent,
  queues,
  acting,
  onChoose,
}: Pick<MenuProps, 'agent' | 'queues'> & {
  acting: ActingAnswer | null;
  onChoose: (what: Do) => void;
}): ReactNode {
  const { t } = useTranslation();
  const mayDo = useMayDo();
  const list = useRef<HTMLDivElement>(null);
  const isUnanswered = useIsUnanswered();
  const isKnown = acting !== null;
  useEffect(() => {
    if (isKnown) list.current?.querySelector<HTMLButtonElement>('button:not([aria-disabled="true"])')?.focus();
  }, [isKnown]);
  if (acting === null) return <p className="act__note">{t(isUnanswered ? 'acting.unanswered' : 'acting.asking')}</p>;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    items[(at + step + items.length) % items.length]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between its buttons.
    <div ref={list} className="act__items" onKeyDown={move}>
      {acting.isAway && <p className="act__note">{t('acting.away')}</p>}
      {GROUPS.map((group) => {
        const items = group.filter((what) => mayDo(what, agent.team) && isOfUse(what, agent));
        if (items.length === 0) return null;
        return (
          <ul key={group[0]} className="act__group">
            {items.map((what) => {
              const hindrance = hindranceOf(what, agent, queues, acting);
              return (
                <li key={what}>
                  <button
                    type="button"
                    className="act__item"
                    data-serious={what === 'hang-up'}
                    aria-disabled={hindrance !== null}
                    onClick={() => {
                      if (hindrance === null) onChoose(what);
                    }}
                  >
                    <span>{t(`acting.name.${what}`)}</span>
                    {hindrance && (
                      <span className="act__why">
                        {t(`acting.hindrance.${hindrance}`, { what: acting.lacks.join(', ') })}
                      </span>
                    )}
                  </button>
                </li>
              );
            })}
          </ul>
        );
      })}
    </div>
  );
}

/** Pausing those who are paused everywhere, and the reverse, is nothing that anybody looks for. */
function isOfUse(what: Do, { queues, pausedIn }: AgentView): boolean {
  if (what === 'pause') return queues.length === 0 || pausedIn.length < queues.length;
  return what !== 'unpause' || pausedIn.length > 0;
}

type Hindrance = 'away' | 'lacks' | 'notOnCall' | 'inNoQueue' | 'inEveryQueue';

/** Why it cannot be done now; the server has the last word. */
function hindranceOf(
  what: Do,
  { queues, activity }: AgentView,
  all: readonly QueueView[],
  { can, isAway }: ActingAnswer,
): Hindrance | null {
  if (isAway) return 'away';
  if (!can.includes(what)) return 'lacks';
  if (what === 'message') return null;
  if (what === 'monitor' || what === 'hang-up') {
    return ['talking', 'holding', 'internalCall', 'outbound'].includes(activity) ? null : 'notOnCall';
  }
  if (what === 'join-queue') return all.every(({ id }) => queues.includes(id)) ? 'inEveryQueue' : null;
  return queues.length === 0 ? 'inNoQueue' : null;
}
