import { eventSchema } from '../../shared/event.ts';

export const reduce = () => eventSchema;
