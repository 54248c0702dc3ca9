/* root.h -- the role root, source own: files in memory

   A volume is a tree of nodes in memory; the root environment has one, filled
   from an archive whose pages stay where they are until somebody writes to
   them.  A node may be covered by the root of another volume (a mount), by a
   service of another role, or by a translator.

   Everything here runs on the environment's loop, except content.c's half
   that the pager thread calls (content.h).
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROOT_H
#define HURDLE_ROOT_H

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/role/environment.h"
#include "lib/io/handle.h"
#include "servers/root/content.h"

#define NODE_NAME_MAX 255
#define LINKS_MAX 0x7fff
#define SYMLINKS_MAX 32    /* followed in one lookup */
#define PATH_ROOM 1024     /* a path in a message, with its NUL */
#define VOLUME_BLOCK 4096u /* st_blksize, f_bsize */

struct directory;
struct fifo;
struct fetch;
struct locks;
struct lower;
struct node;
struct proxy;
struct remote;
struct volume;
struct translator;

/* ---- the role ---- */

error_t root_own_create (struct environment *env);

/* An empty root, which the other roles attach their nodes to until it is
   closed; it is read-only then.  */
error_t root_fake_create (struct environment *env);
void root_fake_close (struct environment *env);
/* A program without a name in it, with a copy of SIZE bytes at DATA; a
   reference is given.  */
error_t root_fake_program (struct environment *env, const void *data,
                           size_t size, struct node **ret_node);

/* Add what is in the ustar or pax ARCHIVE to the root volume.  Its memory
   must stay readable and unchanged for ever: pages are used in place until
   they are written to.  EINVAL: no archive; ENOMEM.  */
error_t root_import_archive (struct environment *env, const void *archive,
                             size_t size);

/* The same below the directory PATH, which is made if need be.  */
error_t root_import_archive_at (struct environment *env, const char *path,
                                const void *archive, size_t size);
/* The directory PATH of the root volume (borrowed), made if need be.  */
error_t root_make_directory (struct environment *env, const char *path,
                             struct node **ret_dir);

/* What is different in a part of the tree.  */
struct mount_options
{
  size_t bytes_max; /* budget of its own; 0: as much as the root has */
  bool nosuid;      /* set-id bits mean nothing */
  bool noexec;      /* nothing can be run */
};

/* Cover the directory PATH (borrowed for good), made if need be, with an empty
   volume in memory.
   *RET_VOLUME is borrowed: whoever wants it read-only fills it and then sets
   that.  */
error_t root_mount_memory (struct environment *env, const char *path,
                           const struct mount_options *options,
                           struct volume **ret_volume);

struct volume
{
  struct environment *environment; /* borrowed */
  const char *path;              /* borrowed: where it is; not the parent's */
  struct generation *generation; /* borrowed; pays for nodes and pages */
  struct pager_set *pagers;      /* borrowed */
  struct node *top;              /* reference */
  struct object *identity;       /* reference; made when asked for */
  struct object *control;        /* while somebody has it */
  uint64_t fsid;
  ino64_t last_ino;
  size_t nodes;
  bool read_only;
  bool nosuid, noexec;
  struct proxy *proxy; /* the parent's directory, if it is one (proxy.h) */
  struct proxy *under; /* the same under a layer of ours (overlay.h) */
  struct timespec now; /* at request NOW_TURN of the loop */
  uint64_t now_turn;
};

uint64_t volume_next_fsid (void); /* unique in this task */

struct root
{
  struct environment *environment; /* borrowed */
  struct generation generation;
  struct volume volume;
  struct fetch *wanted; /* borrowed: what EINPROGRESS was last said for */
  struct node *looked;  /* borrowed: it is as the parent says, in this turn */
};

static inline struct root *
environment_root (const struct environment *env)
{
  return env->root_state;
}

/* ---- node.c ---- */

struct node
{
  unsigned int refs;     /* of C; directory entries are counted in links */
  struct volume *volume; /* borrowed */
  ino64_t ino;
  mode_t mode; /* type and permissions */
  uid_t uid;
  gid_t gid;
  uid_t author;
  nlink_t links; /* gone at 0 links and 0 refs */
  unsigned int flags;
  uint64_t rdev;
  struct timespec atime, mtime, ctime;

  struct directory *directory; /* S_ISDIR */
  struct content *content;     /* S_ISREG; NULL until something is there */
  char *target;                /* S_ISLNK */

  char *passive; /* of a translator that is no short form; '\0' separated */
  size_t passive_size;
  struct translator *translator;      /* active */
  const struct service_node *service; /* owned copy */
  struct node *mounted;               /* reference: what covers us */
  struct node *covers;                /* borrowed: what we cover */
  struct remote *remote;              /* of the parent's files; else NULL */
  struct lower *lower; /* what is the parent's still (overlay.h), or NULL */

  struct object *identity; /* reference; made when asked for */
  struct object *address;  /* reference; ifsock_getsockaddr */
  struct fifo *fifo;       /* the pipe of a S_ISFIFO, once it was opened */
  struct locks *locks;     /* NULL: none */
};

/* A node with one reference and no links.  EDQUOT-like lack of budget is
   ENOSPC.  */
error_t node_create (struct volume *volume, mode_t mode, uid_t uid, gid_t gid,
                     struct node **ret_node);
struct node *node_ref (struct node *node);
void node_drop (struct node *node); /* accepts NULL */
/* What one sees at NODE: the top of what is mounted there.  */
struct node *node_surface (struct node *node);
/* The same, but below what is the parent's: where mount points are made.  */
struct node *node_own_surface (struct node *node);
/* A directory entry of NODE has come or gone.  */
void node_link (struct node *node);
void node_unlink (struct node *node);
void node_cleanup (struct node **node);
#define cleanup_node __attribute__ ((cleanup (node_cleanup)))

enum node_time
{
  NODE_ATIME = 1,
  NODE_MTIME = 2,
  NODE_CTIME = 4,
};
void node_touch (struct node *node, int times);
/* Reading is recorded only when it is news: a clock costs a kernel call.  */
void node_touch_read (struct node *node);
struct timespec volume_now (struct volume *volume);

/* May nothing in VOLUME be changed, now?  */
bool volume_read_only (const struct volume *volume);
/* The same as EROFS, and an event: somebody wants to.  */
error_t volume_check_writable (const struct volume *volume);
/* May IDS do WANT (O_READ | O_WRITE | O_EXEC)?  EACCES, EROFS.  */
error_t node_access (const struct node *node, const struct ids *ids, int want);
/* The subset of WANT that IDS may do.  */
int node_allowed (const struct node *node, const struct ids *ids);
/* EPERM unless IDS own NODE or are root.  */
error_t node_check_owner (const struct node *node, const struct ids *ids);
bool ids_are_root (const struct ids *ids);

error_t node_stat (const struct node *node, io_statbuf_t *ret_stat);
off_t node_size (const struct node *node);
/* The content, made when there is none.  ENOSPC.  */
error_t node_content (struct node *node, struct content **ret_content);
error_t node_set_size (struct node *node, off_t size);
error_t node_set_target (struct node *node, const char *target, size_t size);
/* Writing by somebody who is not root makes a program harmless.  */
void node_clear_set_id (struct node *node, const struct ids *ids);
error_t node_identity (struct node *node, struct object **ret_identity);
error_t volume_identity (struct volume *volume, struct object **ret_identity);

/* ---- dir.c ---- */

error_t directory_create (struct node *node);
void directory_destroy (struct node *node);
/* The node named NAME, or NULL; borrowed.  Not for "." and "..".  */
struct node *directory_find (const struct node *dir, const char *name);
error_t directory_add (struct node *dir, const char *name, struct node *node);
/* NAME must be there.  */
void directory_remove (struct node *dir, const char *name);
void directory_replace (struct node *dir, const char *name, struct node *node);
bool directory_empty (const struct node *dir);
struct node *directory_parent (const struct node *dir); /* NULL: removed */
void directory_set_parent (struct node *dir, struct node *parent);
error_t directory_read (struct node *dir, int entry, int entries,
                        size_t bytes_max, struct out_data *out,
                        int *ret_entries);

/* ---- root_io.c: handles ---- */

/* What io_duplicate and friends share.  */
struct opened
{
  unsigned int refs;
  struct node *node; /* reference */
  loff_t offset;
  mach_port_t port;     /* send right: the parent's open file, or null */
  struct list link;     /* in proxy->opened while there is one */
  bool seen;            /* what the parent says of it came with it */
  struct node *ceiling; /* reference: ".." stays here; NULL: at the top */
  mach_port_t above;    /* send right: what ".." of CEILING is, or null */
};

struct file
{
  struct handle handle; /* must be first */
  struct opened *opened;
};

extern const struct object_class file_class;
extern const struct object_class proxied_class; /* proxy_file.c */

/* A handle on NODE for IDS.  LIKE (may be NULL) says where ".." ends.  */
error_t file_create (struct node *node, const struct ids *ids, int open_modes,
                     const struct opened *like, struct file **ret_file);
struct file *file_lookup (struct environment *env, mach_port_t name);

/* Of both classes.  */
void file_free (struct object *object);
error_t file_clone (struct handle *handle, const struct ids *ids,
                    int open_modes, bool share, struct handle **ret_handle);
error_t file_identity (struct handle *handle, struct object **ret_identity,
                       struct object **ret_filesystem, ino64_t *ret_number);

error_t file_op_reparent (struct handle *handle, mach_port_t parent,
                          struct object **ret_object);

static inline struct node *
file_node (const struct handle *handle)
{
  return ((const struct file *)handle)->opened->node;
}

error_t opened_create (struct node *node, const struct opened *like,
                       struct opened **ret_opened);
void opened_drop (struct opened *opened);

extern const struct io_ops root_io_ops; /* root_io.c */
extern const struct fs_ops root_fs_ops; /* root_fs.c */

/* ---- the other files' operations, for the table ---- */

/* root_lookup.c */
error_t file_op_lookup (struct handle *dir, const struct request *request,
                        const char *name, int flags, mode_t mode,
                        struct lookup_result *result);
/* The node of PATH from START on (from ABSOLUTE if it begins with a slash;
   ".." stays there), all links followed; a reference is given.  ENOTSUP:
   somebody else answers for it.  EINPROGRESS: the parent has to be asked.  */
error_t lookup_resolve (const char *path, struct node *start,
                        struct node *absolute, const struct ids *ids,
                        struct node **ret_node);
/* The same where the way may lead over the parent's files: FOUND is called
   once, now or later.  IDS must last until then.  */
void lookup_find (const char *path, struct node *start, struct node *absolute,
                  const struct ids *ids, root_found_t *found, void *cookie);
/* Make a node of MODE in DIR for IDS.  */
error_t node_make (struct node *dir, mode_t mode, const struct ids *ids,
                   struct node **ret_node);

/* root_dir.c */
error_t file_op_mkdir (struct handle *dir, const char *name, mode_t mode);
error_t file_op_rmdir (struct handle *dir, const char *name);
error_t file_op_unlink (struct handle *dir, const char *name);
error_t file_op_link (struct handle *dir, mach_port_t file, const char *name,
                      bool exclusive);
error_t file_op_rename (struct handle *from, const char *from_name,
                        mach_port_t to, const char *to_name, bool exclusive);
error_t file_op_mkfile (struct handle *dir, int flags, mode_t mode,
                        struct object **ret_object);
error_t file_op_readdir (struct handle *dir, int entry, int entries,
                         size_t bytes_max, struct out_data *out,
                         int *ret_entries);

/* root_lock.c */
error_t file_op_lock (struct handle *file, const struct request *request,
                      int flags);
error_t file_op_lock_stat (struct handle *file, int *ret_mine,
                           int *ret_others);
error_t file_op_record_lock (struct handle *file,
                             const struct request *request, int command,
                             struct flock64 *lock, mach_port_t rendezvous);
void locks_release (struct opened *owner); /* it is being closed */
void locks_destroy (struct locks *locks);

/* root_exec.c */
error_t file_op_exec (struct handle *file, const struct request *request,
                      const struct exec_arguments *arguments);

/* root_control.c */
error_t file_op_getcontrol (struct handle *file, struct object **ret_control);

/* translators.c */
error_t file_op_set_translator (struct handle *file, int passive_flags,
                                int active_flags, int old_flags,
                                const char *passive, size_t passive_size,
                                mach_port_t active);
error_t file_op_get_translator (struct handle *file, struct out_data *out);

/* translator_active.c */
error_t file_op_get_translator_control (struct handle *file,
                                        mach_port_t *ret_control);
/* CONTROL (a send right, consumed on success; null: none) stands behind NODE
   from now on.  */
error_t translator_set (struct node *node, mach_port_t control);
void translator_dismiss (struct node *node, int flags);
void translator_destroy (struct translator *translator);
/* Ask the translator of NODE for its root.  The request, a dir_lookup, is
   parked and answered with what it says, followed by REST.  EDIED: it is not
   there any more.  */
error_t translator_open (struct node *node, struct node *dotdot,
                         const struct opened *like, const struct ids *ids,
                         int flags, const char *rest,
                         const struct request *request);

/* fifo.c */
error_t node_open_special (struct node *node, int flags, const struct ids *ids,
                           const struct request *request,
                           struct object **ret_object);
void node_forget_special (struct node *node);
error_t file_op_getsockaddr (struct handle *file, struct object **ret_address);

/* tar.c */
/* Below TOP.  */
error_t tar_import (struct node *top, const char *archive, size_t size);
/* The node of PATH below TOP, directories made on the way with MODE.  The
   last component is not made: *RET_NAME points to it inside PATH.  */
error_t path_prepare (struct node *top, const char *path,
                      struct node **ret_dir, char *ret_name);

/* root_service.c */
extern const struct root_service root_own_service;

#endif
