/** The wall of a TV that was paired: what it shows is told by the server, and nobody has to touch it. */
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Wanted } from '../../../shared/api-screens.ts';
import { useGo } from '../access/go.ts';
import { useWho } from '../access/session.tsx';
import { BoardNumberContext } from '../board/published-board.ts';
import { WallWatchContext } from '../board/wall-watch.ts';
import { chooseTimeZone } from '../i18n/format.ts';
import { startLive } from '../live/start-live.ts';
import { useServerNow, useSiteMinute, useSiteTimeZone } from '../live/use-live.tsx';
import { LiveScreen } from '../live-screen.tsx';
import { Given } from '../ui/given.tsx';
import { keepWanted, keptWanted } from './kept-wanted.ts';
import { NightPage } from './night-page.tsx';
import { Reporter } from './reporter.ts';
import { minuteOfDay, type Showing, showingAt, spreadOf } from './schedule.ts';
import { sendReport } from './screen-api.ts';
import { ScreenWatch } from './screen-watch.ts';
import { Sound } from './sound.ts';
import { wallAddress } from './wall-address.ts';
import './screen.css';

export function PairedWall({ wall }: { wall: ReactNode }): ReactNode {
  const { i18n } = useTranslation();
  const { reporter, watch, sound } = useScreen();
  const wanted = useInForce(useSyncExternalStore(reporter.subscribe, () => reporter.wanted));
  const isIdentifying = useSyncExternalStore(reporter.subscribe, () => reporter.isIdentifying);
  const soundState = useSyncExternalStore(sound.subscribe, () => sound.state);
  useHears(reporter);

  const language = wanted?.options.language;
  useEffect(() => {
    if (!language) return;
    document.documentElement.lang = language;
    void i18n.changeLanguage(language);
  }, [language, i18n]);
  useEffect(() => {
    if (wanted) keepWanted(wanted);
    sound.switch(wanted?.options.hasChime ?? false);
  }, [wanted, sound]);
  useEffect(() => reporter.tell({ sound: soundState }), [reporter, soundState]);

  return (
    <WallWatchContext value={watch}>
      {wanted ? (
        <BoardNumberContext value={wanted.boardNumber}>
          <LiveScreen
            screen={
              <Hours wanted={wanted} reporter={reporter} watch={watch}>
                {wall}
              </Hours>
            }
          />
        </BoardNumberContext>
      ) : (
        <main className="tv tv--black" />
      )}
      {isIdentifying && wanted && <NamePlate wanted={wanted} />}
      {soundState === 'blocked' && <SoundMark />}
    </WallWatchContext>
  );
}

/**
 * The parts of a wall read its address, so the address is what is wanted before they are drawn. Another one is loaded anew,
 * and what was wanted before stays in force, and is reported, until then.
 */
function useInForce(wanted: Wanted | null): Wanted | null {
  const go = useGo();
  const inForce = useRef<Wanted | null>(null);
  const address = wanted && wallAddress(wanted);
  const isOther = inForce.current !== null && address !== wallAddress(inForce.current);
  if (!isOther) {
    if (address !== null && inForce.current === null && `${location.pathname}${location.search}` !== address)
      history.replaceState(null, '', address);
    inForce.current = wanted;
  }
  useEffect(() => {
    if (!isOther || wanted === null) return;
    keepWanted(wanted);
    go(wallAddress(wanted));
  }, [isOther, wanted, go]);
  return inForce.current;
}

interface Parts {
  readonly reporter: Reporter;
  readonly watch: ScreenWatch;
  readonly sound: Sound;
}

/** Made once: they outlive what the TV is told to show. */
function useScreen(): Parts {
  const who = useWho();
  const [parts] = useState((): Parts => {
    const kept = keptWanted();
    // Paired anew it is another TV, of which nothing is known yet.
    const first = who === null || kept?.id === who.id ? kept : null;
    const reload = () => location.reload();
    const sound = new Sound();
    const paint = { ageMs: () => 0 };
    const reporter = new Reporter({
      ...{ send: sendReport, reload, first },
      machine: () => machineOf(paint.ageMs()),
    });
    const watch = new ScreenWatch({ reporter, sound, reload, spread: spreadOf(first?.id ?? who?.id ?? '') });
    paint.ageMs = () => watch.paintAgeMs;
    return { reporter, watch, sound };
  });
  useEffect(() => {
    const { reporter, watch, sound } = parts;
    reporter.start();
    watch.start();
    addEventListener('keydown', sound.allow);
    addEventListener('pointerdown', sound.allow);
    return () => {
      reporter.stop();
      watch.stop();
      sound.switch(false);
      removeEventListener('keydown', sound.allow);
      removeEventListener('pointerdown', sound.allow);
    };
  }, [parts]);
  return parts;
}

function machineOf(paintAgeMs: number) {
  // Chromium alone says how much memory a page has.
  const { memory } = performance as { readonly memory?: { readonly usedJSHeapSize: number } };
  const pixels = (length: number) => Math.round(length * devicePixelRatio);
  return {
    ...{ width: pixels(innerWidth), height: pixels(innerHeight), heapBytes: memory?.usedJSHeapSize ?? null },
    ...{ paintAgeMs: Math.max(0, Math.round(paintAgeMs)), upMs: Math.round(performance.now()) },
  };
}

/** The server calls over the socket: whoever was cut may have been given another site, and has missed what was called since. */
function useHears({ report }: Reporter): void {
  useEffect(() => {
    const connection = startLive();
    connection.reconnect();
    let before = connection.stateOf('');
    const stops = [
      connection.onWish(report),
      connection.subscribe(() => {
        const state = connection.stateOf('');
        if (state !== before) report();
        before = state;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [report]);
}

/** What the hour and the order make of the wall. */
function Hours({
  wanted,
  reporter,
  watch,
  children,
}: {
  wanted: Wanted;
  reporter: Reporter;
  watch: ScreenWatch;
  children: ReactNode;
}): ReactNode {
  const zone = chooseTimeZone(location.search, useSiteTimeZone());
  const { shows, isDimmed }: Showing = showingAt(wanted, minuteOfDay(useSiteMinute(), zone));
  usePainting(watch);
  useEffect(() => {
    watch.shows(shows);
    reporter.tell({ shows, isDimmed, assignment: wanted.version });
  }, [reporter, watch, shows, isDimmed, wanted.version]);
  return (
    <>
      {shows === 'board' && children}
      {shows === 'clock' && <NightPage />}
      {(shows === 'black' || shows === 'blank') && <main className="tv tv--black" />}
      {isDimmed && shows === 'board' && <div className="tv-dim" />}
    </>
  );
}

/** Drawn anew every second: what is not drawn any more is found by its absence. */
function usePainting({ painting }: ScreenWatch): void {
  const now = useServerNow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each second is a painting.
  useEffect(painting, [painting, now]);
}

function NamePlate({ wanted: { name, number } }: { wanted: Wanted }): ReactNode {
  return (
    <div className="tv-plate" role="status">
      <span className="tv-plate__number">{number}</span>
      <strong className="tv-plate__name">
        <Given text={name} />
      </strong>
    </div>
  );
}

function SoundMark(): ReactNode {
  const { t } = useTranslation();
  return (
    <p className="tv-sound">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M2 6h3l4-3v10l-4-3H2Zm9.500.5 3 3m0-3-3 3" fill="none" stroke="currentColor" strokeWidth="1.400" />
      </svg>
      {t('tv.soundBlocked')}
    </p>
  );
}
