/** Numbers and text as bytes, for frames: small numbers are short. Both ends of the live protocol use it. */

/** The largest integer whose signed form still fits a varint beside a tag of three bits. */
export const MAX_SIGNED = 2 ** 48;

/** Non-negative for any integer within ±MAX_SIGNED; small whatever the sign. */
export const zigzag = (n: number): number => (n >= 0 ? n * 2 : -n * 2 - 1);
export const unzigzag = (n: number): number => (n % 2 === 0 ? n / 2 : -(n + 1) / 2);

/** Bytes that `varint(n)` takes: seven bits each. */
export function varintSize(n: number): number {
  let size = 1;
  for (let rest = n; rest >= 128; rest /= 128) size++;
  return size;
}

export class ByteWriter {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  byte(value: number): void {
    this.#need(1);
    this.#bytes[this.#length++] = value;
  }

  /** A non-negative integer, seven bits a byte, lowest first. */
  varint(value: number): void {
    this.#need(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  signed(value: number): void {
    this.varint(zigzag(value));
  }

  float(value: number): void {
    this.#need(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** UTF-16 units of `text` from `start` on, each a varint: one byte for Latin, three for Chinese, nothing is lost. */
  units(text: string, start = 0): void {
    for (let i = start; i < text.length; i++) this.varint(text.charCodeAt(i));
  }

  bytes(bytes: Uint8Array): void {
    this.#need(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was written since the last call, as a copy. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #need(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote. Throws a RangeError where the bytes end early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError('the bytes end early');
    return value;
  }

  varint(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte - 128;
    let factor = 128;
    do {
      byte = this.byte();
      value += (byte % 128) * factor;
      factor *= 128;
    } while (byte >= 128);
    if (!Number.isSafeInteger(value)) throw new RangeError('the number is too large');
    return value;
  }

  /** A varint that counts things of at least one byte each: more than what is left cannot be. */
  count(): number {
    const count = this.varint();
    if (count > this.left) throw new RangeError('the bytes end early');
    return count;
  }

  signed(): number {
    return unzigzag(this.varint());
  }

  float(): number {
    if (this.left < 8) throw new RangeError('the bytes end early');
    const value = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 8).getFloat64(0);
    this.#at += 8;
    return value;
  }

  /** Everything that is left, without a copy. */
  rest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#at);
    this.#at = this.#bytes.length;
    return rest;
  }

  units(length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.varint());
    return text;
  }
}
