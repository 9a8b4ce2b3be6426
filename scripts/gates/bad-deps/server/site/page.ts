// expect: server-never-imports-client
import { socket } from '../../client/src/live/socket.ts';

export const page = socket;
