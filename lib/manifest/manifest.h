/* manifest.h -- the text that describes an environment, and what it says

   manifest_parse reads it, manifest_check refuses what cannot work,
   manifest_check_support refuses what this version cannot do, manifest_print
   writes it again.  docs/manifest.md describes the language.

   Nothing here opens a file: texts come in through a reader.  libConfuse
   keeps global state, so one thread parses at a time.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/idmap.h"
#include "lib/base/text.h"
#include "lib/manifest/mistakes.h"

enum role
{
  ROLE_AUTH,
  ROLE_PROC,
  ROLE_EXEC,
  ROLE_ROOT,
  ROLE_LOCAL, /* local sockets */
  ROLE_INET,  /* inet sockets */
  ROLE_TERMINAL,
  ROLE_CONSOLE,
  ROLE_DEVICES,
  ROLE_STARTUP,
  ROLE_PASSWORD,
  ROLE_CRASH,
  ROLE_TIME,
  ROLE_PROCFS,
  ROLE_CONTROL,
  ROLES
};

enum source
{
  SOURCE_ABSENT, /* what is not named is absent */
  SOURCE_OWN,
  SOURCE_PROXY,
  SOURCE_FAKE,
  SOURCE_PARENT,
  SOURCES,
  SOURCE_UNKNOWN = SOURCES /* written wrongly: no rule speaks of it */
};

enum identity_kind
{
  IDENTITY_MYSELF,      /* ids inside are the ids outside */
  IDENTITY_ROOT_INSIDE, /* whoever started it is uid 0 inside */
  IDENTITY_TABLE,       /* the uids and gids of the manifest */
  IDENTITIES,
  IDENTITY_UNKNOWN = IDENTITIES
};

enum mount_kind
{
  MOUNT_MEMORY,   /* "memory": files in memory, empty at first */
  MOUNT_ARCHIVE,  /* "archive:DEVICE": a tar archive on a ramdisk */
  MOUNT_TEMPLATE, /* "template:NAME": a tree that the parent keeps */
  MOUNT_PARENT,   /* "/PATH": a directory of the parent, proxied */
  MOUNT_KINDS,
  MOUNT_UNKNOWN = MOUNT_KINDS
};

enum mount_mode
{
  MODE_READ_ONLY,
  MODE_READ_WRITE,
  MODE_COPY,    /* copied into memory when the environment is made */
  MODE_OVERLAY, /* writes go to a layer of our own */
  MODES,
  MODE_UNKNOWN = MODES
};

enum limit
{
  LIMIT_TASKS,
  LIMIT_HANDLES,     /* open at once */
  LIMIT_MEMORY,      /* bytes of memory files */
  LIMIT_TASK_MEMORY, /* bytes of each task */
  LIMITS
};

extern const char *const role_names[ROLES];
extern const char *const source_names[SOURCES];
extern const char *const identity_names[IDENTITIES];
extern const char *const mount_kind_names[MOUNT_KINDS];
extern const char *const mode_names[MODES];
extern const char *const limit_names[LIMITS];

struct words
{
  char **words; /* ends with NULL; itself NULL when COUNT is 0 */
  size_t count;
};

struct manifest_role
{
  enum source source;
  struct place place;
  char *device;        /* console: the kernel's device; or NULL */
  struct words allow;  /* local, inet, devices: what is let through */
  struct words see;    /* proc: outside processes that are shown */
  struct words signal; /* proc: … that may be sent signals */
  bool unsafe;         /* devices: the parent's device master is wanted */
};

struct manifest_mount
{
  char *path; /* absolute, without "." and "..", no slash at the end */
  struct place place;
  enum mount_kind kind;
  char *argument; /* device, name or path; NULL for memory */
  enum mount_mode mode;
  bool nosuid;
  bool noexec;
  struct words hide; /* names that are not shown */
};

struct manifest_variable
{
  char *name;
  char *value;
};

struct manifest
{
  char *name;
  struct place place;
  enum identity_kind identity;
  struct place identity_place;
  struct idmap uids; /* only with IDENTITY_TABLE */
  struct idmap gids;
  struct place uids_place, gids_place;
  struct manifest_role roles[ROLES];
  struct manifest_mount *mounts; /* sorted: "/" comes before "/home" */
  size_t mount_count;
  struct manifest_variable *variables; /* in the order of the text */
  size_t variable_count;
  char *directory; /* NULL: the starter's */
  struct words command;
  uint64_t limits[LIMITS]; /* 0: none */
  struct place limit_places[LIMITS];
  bool contained; /* the parent must feed our ledger */
  struct place contained_place;
  char **files; /* what the places point into */
  size_t file_count;
};

/* Where texts come from that a manifest includes.  */
struct manifest_reader
{
  void *cookie;
  /* Read the manifest called NAME in the manifest FROM.  *RET_TEXT and
   *RET_NAME (the name to show, and to give as FROM later) are given.  */
  error_t (*read) (void *cookie, const char *name, const char *from,
                   char **ret_text, char **ret_name);
};

/* A file's SIZE bytes at TEXT are to be parsed: the first NUL among them,
   which would hide what is behind it, becomes another character that no text
   has. */
void manifest_text (char *text, size_t size);

/* Read TEXT, which is called NAME in messages.  READER may be NULL: then
   including is a mistake.  `${NAME}' in strings means the variable NAME of
   the process that parses.  Mistakes and warnings of the text, and those of
   manifest_check, are added to MISTAKES.  Returns NULL if anything but a
   warning was added; else the caller destroys the manifest.  */
struct manifest *manifest_parse (const char *name, const char *text,
                                 const struct manifest_reader *reader,
                                 struct mistakes *mistakes);

/* NULL is fine.  */
void manifest_destroy (struct manifest *manifest);

/* Add what cannot work together, with the reason and the way out, and warn
   of what cannot be taken back.  Called by manifest_parse; for a manifest
   that was changed afterwards.  */
void manifest_check (const struct manifest *manifest,
                     struct mistakes *mistakes);

/* What a version can do.  */
enum support
{
  SUPPORT_NEVER, /* makes no sense: manifest_check refuses it already */
  SUPPORT_LATER, /* makes sense and is not written yet */
  SUPPORT_NOW
};

struct manifest_support
{
  enum support roles[ROLES][SOURCES];
  enum support mounts[MOUNT_KINDS][MODES];
  bool limits[LIMITS];
  bool identities[IDENTITIES];
  bool hide;
  bool device; /* of the console, another than the kernel's */
  bool nested; /* a parent that feeds no ledger, `contained = no' */
};

/* What this version can do.  */
extern const struct manifest_support support_now;

/* Add what the manifest asks of SUPPORT that it cannot do.  */
void manifest_check_support (const struct manifest *manifest,
                             const struct manifest_support *support,
                             struct mistakes *mistakes);

/* Append the manifest as text: reading it gives an equal manifest.  What has
   its default is left out; what was included is written out.  */
void manifest_print (const struct manifest *manifest, struct text *text);

/* The mount that PATH, an absolute one without "." and "..", lies in; or
   NULL.  */
const struct manifest_mount *
manifest_find_mount (const struct manifest *manifest, const char *path);

#endif /* MANIFEST_H */
