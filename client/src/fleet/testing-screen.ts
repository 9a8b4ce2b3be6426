import type { FleetScreen } from '../../../shared/api-screens.ts';

export const A_SCREEN: FleetScreen = {
  ...{ id: 's1', number: 3, version: 1, name: '三楼东侧', site: 'main', queues: null, teams: null, board: 'standard' },
  options: {
    ...{ language: 'zh-CN', inches: null, metres: null, page: null, timeZone: null },
    ...{ dim: null, off: null, offShows: 'clock', hasChime: false },
  },
  ...{ isBlank: false, pairedAt: 0, pairedBy: '王芳', state: 'online' },
  report: {
    ...{ at: 1_000_000, from: '10.0.0.7', build: 'a', assignment: 1, width: 1920, height: 1080 },
    ...{ heapBytes: 52_428_800, freshness: 'fresh', board: 'standard', shows: 'board', isDimmed: false, sound: 'off' },
    ...{ lastPaintAt: 999_000, startedAt: 900_000 },
  },
  ...{ identify: null, reload: null },
};
