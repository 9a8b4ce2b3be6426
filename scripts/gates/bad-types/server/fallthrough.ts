// expect: TS7029
export function rank(state: 'idle' | 'busy'): number {
  let value = 0;
  switch (state) {
    case 'idle':
      value += 1;
    case 'busy':
      value += 2;
  }
  return value;
}
