import type { ReactNode } from 'react';
import { CommandPalette } from './command-palette.tsx';
import { useFloorCommands } from './use-floor-commands.ts';

/** The palette with what the floor offers; apart, so that the floor does not follow every agent for it. */
export function FloorPalette({
  onClose,
  ...options
}: Parameters<typeof useFloorCommands>[0] & { onClose: () => void }): ReactNode {
  return <CommandPalette commands={useFloorCommands(options)} onClose={onClose} />;
}
