// expect: http-only-in-gateway
import express from 'express';

export const app = express();
