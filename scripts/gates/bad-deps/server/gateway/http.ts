import express from 'express';
import { Server } from 'socket.io';

export const parts = [express, Server];
