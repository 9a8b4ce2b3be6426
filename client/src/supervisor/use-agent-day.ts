import { useEffect } from 'react';
import { request } from '../api.ts';
import type { AgentView } from '../live/rows.ts';
import { useLive } from '../live/use-live.tsx';
import { type Asked, useAnswer } from '../use-answer.ts';
import type { AgentDay } from './day-timeline.ts';

/** History is written half a second after the fact; a little later it is there. */
const AFTER_CHANGE_MS = 2_500;
const AGAIN_MS = 60_000;
const AFTER_FAILURE_MS = 10_000;

/** The day of an agent, asked again when the live view says that a state has ended, and now and then. */
export function useAgentDay(agent: string, date: string | null, live: AgentView | null): Asked<AgentDay> {
  const { site } = useLive();
  const asked = useAnswer(site && JSON.stringify([site, agent, date]), (signal) =>
    request('GET /api/v1/sites/{site}/agents/{agent}/day', {
      params: { site, agent },
      query: { date: date ?? undefined },
      signal,
    }),
  );
  const { answer, failure, isAsking, askAgain } = asked;
  const isOver = answer?.isRunning === false && failure === null;
  const countedTo = live?.countedTo ?? null;
  useEffect(() => {
    if (isAsking || isOver) return;
    const handle = setTimeout(askAgain, failure ? AFTER_FAILURE_MS : AGAIN_MS);
    return () => clearTimeout(handle);
  }, [isAsking, isOver, failure, askAgain]);
  useEffect(() => {
    if (isOver || countedTo === null) return;
    const handle = setTimeout(askAgain, AFTER_CHANGE_MS);
    return () => clearTimeout(handle);
  }, [countedTo, isOver, askAgain]);
  return asked;
}
