import type { ReactNode } from 'react';

/** The colour people gave a queue, as a small mark that helps the eye; never a state. `isKept`: its room stays without one. */
export function QueueColour({ colour, isKept = false }: { colour: string | null; isKept?: boolean }): ReactNode {
  if (colour === null && !isKept) return null;
  return (
    <span
      className="queue-colour"
      data-none={colour === null}
      style={{ background: colour ?? 'none' }}
      aria-hidden="true"
    />
  );
}
