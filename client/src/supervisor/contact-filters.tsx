import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CALL_BACK_STATES, type CallBackState } from '../../../shared/call-back.ts';
import type { QueueView } from '../live/rows.ts';
import { LOST, OUTCOME_NAMES, type OutcomeName } from './contact-words.ts';
import type { ContactListFilter } from './floor-address.ts';

const WAITS_S = [0, 10, 20, 30, 60, 120, 300];

interface ContactFiltersProps {
  readonly filter: ContactListFilter;
  readonly queues: readonly QueueView[];
  readonly agentName: (id: string) => string;
  readonly onFilter: (change: Partial<ContactListFilter>) => void;
}

export function ContactFilters({ filter, queues, agentName, onFilter }: ContactFiltersProps): ReactNode {
  const { t } = useTranslation();
  const { queue, agent, outcomes, minWaitS, callBack } = filter;
  const isOnly = (names: readonly OutcomeName[]) =>
    names.length === outcomes.length && names.every((name) => outcomes.includes(name));
  const waits = WAITS_S.includes(minWaitS) ? WAITS_S : [...WAITS_S, minWaitS].sort((a, b) => a - b);
  return (
    <div className="contact-filters">
      <label className="select">
        <span>{t('metric.queue')}</span>
        <select value={queue ?? ''} onChange={({ target }) => onFilter({ queue: target.value || null })}>
          <option value="">{t('contacts.allQueues')}</option>
          {queue !== null && !queues.some(({ id }) => id === queue) && <option value={queue}>{queue}</option>}
          {queues.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="select">
        <span>{t('contact.wait')}</span>
        <select value={minWaitS} onChange={({ target }) => onFilter({ minWaitS: Number(target.value) })}>
          {waits.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? t('contacts.anyWait') : t('contacts.waitFrom', { seconds })}
            </option>
          ))}
        </select>
      </label>
      {agent !== null && (
        <button type="button" className="chip" aria-pressed="true" onClick={() => onFilter({ agent: null })}>
          {t('contacts.ofAgent', { name: agentName(agent) })}
        </button>
      )}
      <fieldset className="chips chips--inline">
        <legend className="sr-only">{t('contact.outcome')}</legend>
        <Chip isOn={outcomes.length === 0} onClick={() => onFilter({ outcomes: [] })} text={t('floor.allStates')} />
        <Chip isOn={isOnly(LOST)} onClick={() => onFilter({ outcomes: LOST })} text={t('contacts.lost')} />
        {OUTCOME_NAMES.map((name) => (
          <Chip
            key={name}
            isOn={outcomes.includes(name) && !isOnly(LOST)}
            onClick={() => onFilter({ outcomes: isOnly([name]) ? [] : [name] })}
            text={t(`outcome.${name}`)}
          />
        ))}
      </fieldset>
      <fieldset className="chips chips--inline">
        <legend className="sr-only">{t('callBack.title')}</legend>
        {CALL_BACK_STATES.map((state: CallBackState) => (
          <Chip
            key={state}
            isOn={callBack.includes(state)}
            onClick={() =>
              onFilter({
                callBack: CALL_BACK_STATES.filter((one) => callBack.includes(one) !== (one === state)),
              })
            }
            text={t(`callBack.state.${state}`)}
          />
        ))}
      </fieldset>
    </div>
  );
}

function Chip({ isOn, onClick, text }: { isOn: boolean; onClick: () => void; text: string }): ReactNode {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onClick}>
      {text}
    </button>
  );
}
