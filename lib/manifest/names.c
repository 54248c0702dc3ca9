/* names.c -- the words of a manifest
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "lib/manifest/manifest.h"

const char *const role_names[ROLES] = {
  [ROLE_AUTH] = "auth",         [ROLE_PROC] = "proc",
  [ROLE_EXEC] = "exec",         [ROLE_ROOT] = "root",
  [ROLE_LOCAL] = "local",       [ROLE_INET] = "inet",
  [ROLE_TERMINAL] = "terminal", [ROLE_CONSOLE] = "console",
  [ROLE_DEVICES] = "devices",   [ROLE_STARTUP] = "startup",
  [ROLE_PASSWORD] = "password", [ROLE_CRASH] = "crash",
  [ROLE_TIME] = "time",         [ROLE_PROCFS] = "procfs",
  [ROLE_CONTROL] = "control",
};

const char *const source_names[SOURCES] = {
  [SOURCE_ABSENT] = "absent", [SOURCE_OWN] = "own",
  [SOURCE_PROXY] = "proxy",   [SOURCE_FAKE] = "fake",
  [SOURCE_PARENT] = "parent",
};

const char *const identity_names[IDENTITIES] = {
  [IDENTITY_MYSELF] = "myself",
  [IDENTITY_ROOT_INSIDE] = "root-inside",
  [IDENTITY_TABLE] = "table",
};

const char *const mount_kind_names[MOUNT_KINDS] = {
  [MOUNT_MEMORY] = "memory",
  [MOUNT_ARCHIVE] = "archive",
  [MOUNT_TEMPLATE] = "template",
  [MOUNT_PARENT] = "a directory of the parent",
};

const char *const mode_names[MODES] = {
  [MODE_READ_ONLY] = "read-only",
  [MODE_READ_WRITE] = "read-write",
  [MODE_COPY] = "copy",
  [MODE_OVERLAY] = "overlay",
};

const char *const limit_names[LIMITS] = {
  [LIMIT_TASKS] = "tasks",
  [LIMIT_HANDLES] = "handles",
  [LIMIT_MEMORY] = "memory",
  [LIMIT_TASK_MEMORY] = "task-memory",
};
