export interface Message {
  readonly name: string;
}
export const parse = (): Message => ({ name: '' });
