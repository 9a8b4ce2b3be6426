import { useRef, useState } from 'react';

export interface Submit {
  readonly isBusy: boolean;
  /** Why the last attempt failed; null while one is under way. */
  readonly error: unknown;
  /** How often it failed: what reacts to a failure reacts to each. */
  readonly failures: number;
  /** For `onSubmit` of a form, or a click. A second one while the first is under way does nothing. */
  readonly submit: (event?: { preventDefault(): void }) => void;
}

/** Runs a change that somebody asked for. */
export function useSubmit(run: () => Promise<void>): Submit {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<{ error: unknown; failures: number }>({ error: null, failures: 0 });
  const isRunning = useRef(false);
  const submit = (event?: { preventDefault(): void }): void => {
    event?.preventDefault();
    if (isRunning.current) return;
    isRunning.current = true;
    setIsBusy(true);
    setFailure((before) => ({ ...before, error: null }));
    run()
      .catch((error: unknown) => setFailure(({ failures }) => ({ error, failures: failures + 1 })))
      .finally(() => {
        isRunning.current = false;
        setIsBusy(false);
      });
  };
  return { isBusy, ...failure, submit };
}
