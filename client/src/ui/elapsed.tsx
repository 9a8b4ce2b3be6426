import type { ReactNode } from 'react';
import { formatDuration, NOTHING } from '../i18n/format.ts';
import { elapsedMs } from '../live/clock.ts';
import { useSiteNow } from '../live/use-live.tsx';

/** A duration that ticks on the site's clock. */
export function Elapsed({ since }: { since: number | null }): ReactNode {
  const now = useSiteNow();
  return since === null ? NOTHING : formatDuration(elapsedMs(since, now));
}
