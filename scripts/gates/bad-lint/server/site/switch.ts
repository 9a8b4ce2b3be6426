// expect: useExhaustiveSwitchCases
type State = 'idle' | 'talking';

export function rank(state: State): number {
  switch (state) {
    case 'idle':
      return 0;
  }
  return 1;
}
