/** What the pages of boards ask of the server. */
import type { z } from 'zod';
import type { BoardFile, changeBoardBody } from '../../../shared/api-boards.ts';
import { request } from '../api.ts';

export const fetchBoards = async (signal?: AbortSignal) => (await request('GET /api/v1/boards', { signal })).boards;
export const createBoard = (body: BoardFile) => request('POST /api/v1/boards', { body });
export const fetchBoard = (board: string, signal?: AbortSignal) =>
  request('GET /api/v1/boards/{board}', { params: { board }, signal });
export const changeBoard = (board: string, body: z.input<typeof changeBoardBody>) =>
  request('PUT /api/v1/boards/{board}', { params: { board }, body });
export const deleteBoard = (board: string) => request('DELETE /api/v1/boards/{board}', { params: { board } });
export const fetchFile = (board: string) => request('GET /api/v1/boards/{board}/file', { params: { board } });
export const fetchVersions = async (board: string, signal?: AbortSignal) =>
  (await request('GET /api/v1/boards/{board}/versions', { params: { board }, signal })).versions;
export const publishBoard = (board: string, version: number) =>
  request('POST /api/v1/boards/{board}/versions', { params: { board }, body: { version } });
export const rollBackBoard = (board: string, number: number) =>
  request('POST /api/v1/boards/{board}/rollback', { params: { board }, body: { number } });
export const fetchPublished = (board: string, signal?: AbortSignal) =>
  request('GET /api/v1/boards/{board}/published', { params: { board }, signal });
export const fetchGroups = async (site: string, signal?: AbortSignal) =>
  (await request('GET /api/v1/sites/{site}/groups', { params: { site }, signal })).groups;
