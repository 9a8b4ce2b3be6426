import type { eventSchema } from '../../../shared/event.ts';
import type { Message } from './framing.ts';
import { words } from './translate-words.ts';

export const translate = (message: Message): typeof eventSchema | string => words + message.name;
