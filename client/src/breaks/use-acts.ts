import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BreakStep } from '../../../shared/api-breaks.ts';
import { useToast } from '../ui/toast.tsx';
import { newUuid } from '../uuid.ts';
import { askForBreak, stepBreak } from './break-api.ts';
import { refusalText } from './words.ts';

export interface DeskActs {
  /** The agents of whom something is being asked. */
  readonly busy: ReadonlySet<string>;
  /** Why the last act failed. */
  readonly failure: { readonly name: string; readonly text: string } | null;
  readonly send: (agent: Named, reason: string) => void;
  readonly queue: (agent: Named, reason: string) => void;
  readonly step: (agent: Named, request: string, step: BreakStep) => void;
}

interface Named {
  readonly agent: string;
  readonly name: string;
}

/** What is done at the desk. An answer changes nothing here: the desk is read again and shows what holds. */
export function useActs(site: string, noRestMs: number, reload: () => Promise<unknown>): DeskActs {
  const { t } = useTranslation();
  const toast = useToast();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState<DeskActs['failure']>(null);
  const run = async ({ agent, name }: Named, work: () => Promise<unknown>, done: string): Promise<void> => {
    if (busy.has(agent)) return;
    setBusy((before) => new Set([...before, agent]));
    setFailure(null);
    try {
      await work();
      toast(done);
    } catch (error) {
      setFailure({ name, text: refusalText(t, error, noRestMs) });
    }
    await reload();
    setBusy((before) => new Set([...before].filter((one) => one !== agent)));
  };
  const ask = (agent: Named, reason: string, isGranted: boolean): void => {
    const { name } = agent;
    const id = newUuid((bytes) => crypto.getRandomValues(bytes));
    const body = { id, agent: agent.agent, reason, isGranted };
    const done = isGranted ? t('breaks.done.sent', { name }) : t('breaks.done.asked', { name });
    void run(agent, () => askForBreak(site, body), done);
  };
  return {
    busy,
    failure,
    send: (agent, reason) => ask(agent, reason, true),
    queue: (agent, reason) => ask(agent, reason, false),
    step: (agent, request, step) =>
      void run(agent, () => stepBreak(site, request, step), t(`breaks.done.${step}`, { name: agent.name })),
  };
}
