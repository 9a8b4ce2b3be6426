// expect: socket-client-only-in-live
import { io } from 'socket.io-client';

export const again = io;
