import { io } from 'socket.io-client';
import { eventSchema } from '../../../shared/event.ts';

export const socket = () => [io, eventSchema];
