/* proxy.h -- directories of the parent, through a caretaker

   A mount of the kind is a volume whose nodes stand for files of the parent.
   Nothing of it is kept but what is in use: each lookup asks the parent, one
   component at a time, and follows neither links, nor "..", nor what sits on a
   node; those are resolved here.  A file's node is found by its number, so the
   same file is the same node for as long as somebody has it.

   What a client opens has an open file of the parent's own behind it.  Reading
   and writing goes there with the client's own reply right; what concerns
   identity, mapping and running stays here.

   Mount points and other roles' nodes below such a directory lie in the volume
   that it covers: a directory of ours under one of the parent's.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_ROOT_PROXY_H
#define HURDLE_ROOT_PROXY_H

#include "lib/base/table.h"
#include "lib/membrane/call.h"
#include "lib/membrane/grant.h"
#include "servers/root/root.h"
#include "servers/root/walk.h"

struct pages;

/* What is given, and how.  */
struct proxy_options
{
  int modes; /* O_READ, O_WRITE */
  bool noexec;
  const char *const *hide; /* names that are not there; borrowed for good */
  size_t hide_count;
};

/* One mount.  */
struct proxy
{
  struct grant grant; /* first */
  struct volume volume;
  struct node *covered; /* borrowed: the directory of ours below the top */
  struct table nodes;   /* number outside -> struct node; borrowed */
  struct list mapped;   /* struct pages.link: what tasks may have mapped */
  struct list waiting;  /* struct waiting.link: parked requests */
  struct list walking;  /* struct away.link: parked lookups */
  struct list fetching; /* struct fetch.link: of an overlay (overlay.h) */
  struct list opened;   /* struct opened.link: the parent's open files */
  struct list recent;   /* struct remote.recent: files mapped lately */
  size_t recent_count;
  struct post release; /* gives them back after a revoke, some at a time */
  struct list watched; /* struct watched.link: who wants to hear of it */
  unsigned int watched_count;
  struct above *above; /* owned: how we hear of it ourselves; NULL: revoked */
  uint64_t fsid;       /* outside: nothing else is entered; 0: yet unknown */
  const char *const *hide;
  size_t hide_count;
};

/* Of a node of the parent's.  */
struct remote
{
  struct node *node;   /* whose it is */
  mach_port_t port;    /* send right: the bare node; null until needed */
  struct node *up;     /* reference: where it was found; NULL: the top */
  io_statbuf_t stat;   /* as it was when last looked at, ids mapped */
  struct pages *pages; /* content in pieces; NULL: none yet */
  struct list recent;  /* in proxy->recent, which has a reference then */
  bool kept;           /* for the environment's life */
};

/* ---- root_proxy.c: mounting ---- */

/* Cover the directory PATH, made if need be, with the parent's directory PORT
   (send right, consumed on success), which was STAT when last looked at.  FROM
   is its name, for people.  *RET_GRANT is borrowed.  */
error_t root_mount_parent (struct environment *env, const char *path,
                           const char *from, mach_port_t port,
                           const io_statbuf_t *stat,
                           const struct proxy_options *options,
                           struct grant **ret_grant);

/* The parent's directory PORT without a place: what lies under an overlay.
 *RET_PROXY is borrowed, and its grant may be found.  */
error_t proxy_create (struct environment *env, const char *path,
                      const char *from, mach_port_t port,
                      const io_statbuf_t *stat,
                      const struct proxy_options *options,
                      struct proxy **ret_proxy);

static inline struct proxy *
node_proxy (const struct node *node)
{
  return node->volume->proxy;
}

static inline bool
proxy_read_only (const struct proxy *proxy)
{
  return !(proxy->grant.modes & O_WRITE);
}

/* ---- proxy_node.c ---- */

/* The node of the file with STAT (as the parent says it), found in UP.  A
   reference is given.  EXDEV: it is not of the directory's file system.  */
error_t proxy_node (struct proxy *proxy, const io_statbuf_t *stat,
                    struct node *up, struct node **ret_node);
/* Keep in NODE what the parent says of it now.  */
void remote_look (struct node *node, const io_statbuf_t *stat);
/* NODE has become a pipe's or a socket's, which no open file holds: it stays
   for as long as the environment.  */
void remote_keep (struct node *node);
error_t remote_stat (const struct node *node, io_statbuf_t *ret_stat);
/* What NODE has of the parent's; the node that it was found in is given.  */
struct node *remote_destroy (struct node *node);
bool proxy_hides (const struct proxy *proxy, const char *name);
/* What is ours under NAME in DIR, a directory of the parent's, or NULL;
   borrowed.  */
struct node *remote_find_own (const struct node *dir, const char *name);

/* ---- proxy_lookup.c ---- */

/* End all walks that are away, with WHY.  */
void proxy_cancel_walking (struct proxy *proxy, error_t why);
/* Go on with WALK, which has come to a node of the parent's, for REQUEST.
   Either RESULT is set, or the request is parked (MIG_NO_REPLY; WALK's node is
   taken then), or the walk is *RET_HOME again.  */
error_t proxy_lookup (struct walk *walk, const struct request *request,
                      struct lookup_result *result, bool *ret_home);
/* The same to the end; on success WALK's node is taken and FOUND called now or
   later.  */
error_t proxy_find (struct walk *walk, root_found_t *found, void *cookie);

/* The one answer to dir_lookup that is taken: a port (given), and nothing else
   to do.  EACCES: it says something else.  */
error_t answer_lookup (mach_msg_header_t *message, mach_port_t *ret_port);

/* ---- proxy_wait.c: a request that waits for the parent ---- */

struct waiting;
/* Answer, or fail, WAITING->parked, or make another call; else WAITING is
   freed afterwards.  */
typedef void waiting_answer_t (struct waiting *waiting,
                               mach_msg_header_t *message);
struct waiting
{
  struct call call; /* first */
  struct parked parked;
  struct list link;  /* in proxy->waiting */
  struct file *file; /* borrowed: PARKED has a reference */
  waiting_answer_t *answer;
  bool interrupt; /* the parent may keep it waiting: tell it when not to */
  /* For those who need it.  */
  int first, count;
  size_t size;
  mach_port_t port; /* send right, dropped at the end */
};

/* Park the request being served at FILE, to be answered by ANSWER when the
   parent has.  *RET_REPLY is for the stub.  NULL: no memory.  */
struct waiting *waiting_start (struct file *file, waiting_answer_t *answer,
                               mach_port_t *ret_reply);
void waiting_free (struct waiting *waiting);
/* The stub said ERR.  Always MIG_NO_REPLY.  */
error_t waiting_sent (struct waiting *waiting, mach_msg_return_t err);

/* Another question for the same request.  */
error_t waiting_again (struct waiting *waiting, waiting_answer_t *answer,
                       mach_port_t *ret_reply);
/* End all that wait, with WHY.  */
void proxy_cancel_waiting (struct proxy *proxy, error_t why);

/* The parent's open file behind FILE, or the bare directory; may be null.  */
mach_port_t proxied_port (const struct file *file);

/* ---- proxy_file.c, proxy_dir.c, proxy_lock.c: the operations ---- */

extern const struct io_ops proxied_io_ops;
extern const struct fs_ops proxied_fs_ops;

#define PROXY_LISTING_MAX ((size_t)16 << 20) /* bytes of one directory */
/* Is ENTRY, with LEFT bytes from it on, one?  */
struct dirent64;
bool proxy_entry_valid (const struct dirent64 *entry, size_t left);

error_t proxied_readdir (struct handle *dir, int entry, int entries,
                         size_t bytes_max, struct out_data *out,
                         int *ret_entries);
error_t proxied_link (struct handle *dir, mach_port_t file, const char *name,
                      bool exclusive);
error_t proxied_rename (struct handle *from, const char *from_name,
                        mach_port_t to, const char *to_name, bool exclusive);
error_t proxied_mkfile (struct handle *dir, int flags, mode_t mode,
                        struct object **ret_object);
error_t proxied_lock (struct handle *file, const struct request *request,
                      int flags);
error_t proxied_record_lock (struct handle *file,
                             const struct request *request, int command,
                             struct flock64 *lock, mach_port_t rendezvous);
error_t proxied_getlinknode (struct handle *handle,
                             struct object **ret_object);
error_t proxied_set_translator (struct handle *handle, int passive_flags,
                                int active_flags, int old_flags,
                                const char *passive, size_t passive_size,
                                mach_port_t active);
error_t proxied_getsockaddr (struct handle *file, struct object **ret_address);
/* May HANDLE's ids change the entry NAME of its directory?  */
error_t proxied_name_check (const struct handle *handle, const char *name);

/* ---- proxy_revoke.c ---- */

extern const struct grant_ops proxy_grant_ops;
/* PORT (send right, given) is what stands behind OPENED.  */
void opened_set_port (struct opened *opened, mach_port_t port);

/* ---- proxy_above.c: it was given to the parent, too ---- */

extern const struct interface given_interface;
/* From now on PROXY is lowered and revoked with what the parent has.  */
error_t above_watch (struct proxy *proxy);
/* It was revoked: there is nothing to hear any more.  From a post.  */
void above_end (struct proxy *proxy);
/* Those who were given it by us look again.  */
void proxy_tell (struct proxy *proxy);

/* ---- proxy_pages.c: content, piece by piece ---- */

error_t remote_read (struct node *node, off_t offset, void *to, size_t size,
                     size_t *ret_read);
void remote_fetch (struct node *node, off_t offset, size_t size,
                   root_fetched_t *fetched, void *cookie);
error_t remote_map (struct node *node, vm_prot_t prot,
                    mach_port_t *ret_memory_object);
error_t proxied_map (struct handle *handle, struct out_right *ret_read,
                     struct out_right *ret_write);
void pages_destroy (struct node *node);
/* NODE was mapped just now: its pages stay for who maps it next, until others
   take their place.  Not if it may be WRITTEN to: what was changed goes to the
   parent with the last mapping.  */
void recent_note (struct node *node, bool written);
void recent_forget (struct proxy *proxy);
/* The file is not what it was: forget what is not mapped.  */
void pages_forget (struct node *node);
/* Changed pages go to the parent before a request of FILE does; false: there
   are none.  */
bool pages_sync_first (struct file *file, mach_msg_header_t *in);

#endif
