import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallBackStep } from '../../../shared/call-back.ts';
import { useMay } from '../access/session.tsx';
import { type Answer, request } from '../api.ts';
import { errorText } from '../error-text.ts';
import { formatDuration, NOTHING, useFormat } from '../i18n/format.ts';
import { useLive } from '../live/use-live.tsx';
import { Given } from '../ui/given.tsx';
import type { CallBack, ListedContact } from './contact-pages.ts';
import { Fact } from './fact.tsx';

type Caller = Answer<'POST /api/v1/sites/{site}/contacts/{contact}/caller'>;

interface ContactDetailProps {
  readonly contact: ListedContact;
  readonly queueName: (id: string) => string;
  readonly agentName: (id: string) => string;
  /** Null for whoever may not call back. */
  readonly onStep: ((contact: ListedContact, step: CallBackStep) => void) | null;
  /** Null for whoever may not see agents. */
  readonly onAgent: ((agent: string) => void) | null;
  readonly onClose: () => void;
}

/** One contact: its times, the whole number for whoever gives a reason, and calling back step by step. */
export function ContactDetail(props: ContactDetailProps): ReactNode {
  const { contact, queueName, agentName, onStep, onAgent, onClose } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { agent, outcome, waitMs, talkMs, holdMs, acwMs, cameBackAt, callBack } = contact;
  const duration = (ms: number | null): string => (ms === null ? NOTHING : formatDuration(ms));
  return (
    <aside className="contact-detail" aria-labelledby="contact-title">
      <div className="contact-detail__bar">
        <h3 id="contact-title">
          {t(`outcome.${outcome}`)} <span className="quiet">{format.time(contact.offeredAt)}</span>
        </h3>
        <button type="button" className="tool" onClick={onClose}>
          {t('contacts.closeDetail')}
        </button>
      </div>
      <p className="contact-detail__queue">
        <Given text={queueName(contact.queue)} />
        {agent !== null && onAgent === null && <Given text={agentName(agent)} />}
        {agent !== null && onAgent !== null && (
          <button type="button" className="link" onClick={() => onAgent(agent)}>
            <Given text={agentName(agent)} />
          </button>
        )}
      </p>
      <dl className="facts facts--detail">
        <Fact name={t('contact.wait')} value={duration(waitMs)} />
        {outcome === 'answered' && (
          <>
            <Fact name={t('contact.talk')} value={duration(talkMs)} />
            <Fact name={t('contact.hold')} value={duration(holdMs)} />
            <Fact name={t('contact.afterCall')} value={duration(acwMs)} />
          </>
        )}
        <Fact name={t('contact.ended')} value={format.time(contact.endedAt)} />
      </dl>
      {contact.isEndInferred && <p className="quiet">{t('contact.endInferredWhy')}</p>}
      <CallerNumber key={contact.id} contact={contact} />
      {cameBackAt !== null && (
        <p className="contact-detail__back">{t('callBack.cameBackLong', { time: format.time(cameBackAt) })}</p>
      )}
      {callBack && <CallBackSteps callBack={callBack} onStep={onStep && ((step) => onStep(contact, step))} />}
    </aside>
  );
}

/** Masked until somebody says why they need it; gone again with the row. */
function CallerNumber({ contact: { id, queue, caller } }: { contact: ListedContact }): ReactNode {
  const { t } = useTranslation();
  const { site } = useLive();
  const mayReveal = useMay()('caller.reveal', { site, queue });
  const [known, setKnown] = useState<Caller | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  if (caller === null) return <p className="quiet">{t('contact.hiddenLong')}</p>;
  const reveal = async (): Promise<void> => {
    try {
      setFailure(null);
      const body = { reason: reason.trim() };
      const params = { site, contact: id };
      setKnown(await request('POST /api/v1/sites/{site}/contacts/{contact}/caller', { params, body }));
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <div className="caller">
      <p className="caller__number">
        <Given text={known?.number ?? caller} />
        {known?.name && <Given text={known.name} className="quiet" />}
        {known === null && !isAsking && mayReveal && (
          <button type="button" className="tool tool--framed tool--small" onClick={() => setIsAsking(true)}>
            {t('caller.reveal')}
          </button>
        )}
      </p>
      {isAsking && known === null && (
        <form
          className="caller__form"
          onSubmit={(event) => {
            event.preventDefault();
            void reveal();
          }}
        >
          <label>
            <span>{t('caller.reason')}</span>
            <input
              className="filter"
              value={reason}
              maxLength={200}
              required
              // biome-ignore lint/a11y/noAutofocus: it appears because a button beside it was pressed.
              autoFocus
              onChange={({ target }) => setReason(target.value)}
            />
          </label>
          <button type="submit" className="tool tool--framed" disabled={reason.trim() === ''}>
            {t('caller.show')}
          </button>
          <span className="quiet">{t('caller.audited')}</span>
        </form>
      )}
      {failure !== null && (
        <p className="note" data-kind="warning" role="alert">
          {errorText(t, failure)}
        </p>
      )}
    </div>
  );
}

const STEPS: Record<CallBack['state'], (isYours: boolean) => readonly CallBackStep[]> = {
  open: () => ['claim'],
  claimed: (isYours) => (isYours ? ['reached', 'notReached', 'done', 'release'] : ['release']),
  done: () => [],
};

function CallBackSteps({
  callBack: { state, claimant, claimedAt, attempts, steps },
  onStep,
}: {
  callBack: CallBack;
  onStep: ((step: CallBackStep) => void) | null;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="call-backs" aria-label={t('callBack.title')}>
      <h4>
        {t('callBack.title')} <span className="quiet">{t(`callBack.state.${state}`)}</span>
      </h4>
      {state === 'claimed' && claimant && claimedAt !== null && (
        <p>
          {claimant.isYou
            ? t('callBack.heldByYou', { time: format.time(claimedAt) })
            : t('callBack.held', { name: claimant.name, time: format.time(claimedAt) })}
          {attempts > 0 && <span className="quiet"> · {t('callBack.tried', { count: attempts })}</span>}
        </p>
      )}
      {onStep && (
        <div className="call-backs__steps">
          {STEPS[state](claimant?.isYou === true).map((step) => (
            <button key={step} type="button" className="tool tool--framed" onClick={() => onStep(step)}>
              {t(`callBack.do.${step}`)}
            </button>
          ))}
        </div>
      )}
      {steps.length > 0 && (
        <ol className="call-backs__past">
          {steps.map(({ step, by, at }) => (
            <li key={`${at} ${step}`}>
              <time>{format.time(at)}</time> {t(`callBack.past.${step}`)} <Given text={by} className="quiet" />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
