/** A TV that asks to be paired, for as long as it takes. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StartedPairing } from '../../../shared/api-screens.ts';
import { codeOf, RequestFailed } from '../api.ts';
import { LANGUAGES } from '../i18n/i18n.ts';
import { claimPairing, startPairing } from './screen-api.ts';

const WAIT_MS = 25_000;
const RETRY_MS = 3_000;
/** Many TVs behind one address must not keep each other out. */
const CROWDED_MS = 20_000;

export interface PairingState {
  /** Null before the first one, and while another is on its way. */
  readonly code: string | null;
  /** `away`: the server does not answer; `impossible`: it has no accounts, so it can have no TVs. */
  readonly trouble: 'away' | 'impossible' | null;
}

export function usePairing(onPaired: () => void): PairingState {
  const { i18n } = useTranslation();
  const language = LANGUAGES.find((one) => one === i18n.language) ?? 'zh-CN';
  const [state, setState] = useState<PairingState>({ code: null, trouble: null });
  useEffect(() => {
    const { signal, abort } = withAbort();
    const pairing = async (): Promise<void> => {
      let started: StartedPairing | null = null;
      while (!signal.aborted) {
        try {
          if (started === null) {
            const pixels = (length: number) => Math.round(length * devicePixelRatio);
            const size = { width: pixels(screen.width), height: pixels(screen.height) };
            started = await startPairing({ ...size, language }, signal);
          }
          setState({ code: started.code, trouble: null });
          const { state: found } = await claimPairing(started.secret, WAIT_MS, signal);
          if (found === 'gone') started = null;
          if (found !== 'paired') continue;
          onPaired();
          return;
        } catch (error) {
          if (signal.aborted) return;
          const trouble = codeOf(error) === 'database.unreachable' ? 'impossible' : 'away';
          setState({ code: started?.code ?? null, trouble });
          const usual = codeOf(error)?.endsWith('.tooMany') ? CROWDED_MS : RETRY_MS;
          await pause(error instanceof RequestFailed ? (error.retryAfterMs ?? usual) : usual, signal);
        }
      }
    };
    void pairing();
    return abort;
  }, [language, onPaired]);
  return state;
}

function withAbort() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const handle = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(handle);
      resolve();
    });
  });
}
