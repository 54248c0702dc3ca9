/* root_lock.c -- flock and record locks, and those who wait for them

   Both kinds are ranges held by what io_duplicate shares; they do not see
   each other.  A lock that cannot be had is parked and tried again whenever
   one is given up.  Who waits for a record of a file whose holders wait for
   him is told EDEADLK; over several files nobody knows who is who.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "servers/root/root.h"

#include "fs_reply_U.h"

#define RANGE_END INT64_MAX

struct range
{
  short type;          /* F_RDLCK, F_WRLCK, F_UNLCK */
  int64_t start, last; /* both are part of it */
};

struct lock
{
  struct list link;
  const struct opened *owner;
  struct range range;
};

struct lock_table
{
  struct generation *payer; /* borrowed */
  struct list held;         /* struct lock */
  struct list waiting;      /* struct waiter, the oldest first */
};

struct locks
{
  struct lock_table flocks, records;
};

struct waiter
{
  struct parked parked;
  struct list link;
  struct node *node; /* reference */
  struct lock_table *table;
  const struct opened *owner; /* lives as long as the parked object */
  struct range range;
  bool record;
  struct flock64 answer; /* of file_record_lock */
};

/* ---- ranges ---- */

static bool
range_overlaps (const struct range *a, const struct range *b)
{
  return a->start <= b->last && b->start <= a->last;
}

/* Does LOCK keep OWNER from having RANGE?  */
static bool
lock_conflicts (const struct lock *lock, const struct opened *owner,
                const struct range *range)
{
  return lock->owner != owner && range_overlaps (&lock->range, range)
         && (lock->range.type == F_WRLCK || range->type == F_WRLCK);
}

static const struct lock *
table_conflict (const struct lock_table *table, const struct opened *owner,
                const struct range *range)
{
  if (range->type == F_UNLCK)
    return NULL;
  list_for_each (at, following, &table->held)
  {
    const struct lock *lock = list_entry (at, struct lock, link);

    if (lock_conflicts (lock, owner, range))
      return lock;
  }
  return NULL;
}

static void
lock_free (struct lock_table *table, struct lock *lock)
{
  if (lock)
    {
      list_remove (&lock->link);
      generation_discharge (table->payer, sizeof *lock);
      free (lock);
    }
}

/* On no list yet.  */
static struct lock *
lock_create (struct lock_table *table)
{
  struct lock *lock = NULL;

  if (!generation_charge (table->payer, sizeof *lock))
    {
      lock = calloc (1, sizeof *lock);
      if (!lock)
        generation_discharge (table->payer, sizeof *lock);
      else
        list_init (&lock->link);
    }
  return lock;
}

/* Take RANGE out of LOCK.  SPARE becomes the part behind it if there are two
   parts then; returns what is left of SPARE.  */
static struct lock *
lock_cut (struct lock_table *table, struct lock *lock,
          const struct range *range, struct lock *spare)
{
  bool before = lock->range.start < range->start;
  bool behind = lock->range.last > range->last;

  if (!before && !behind)
    {
      lock_free (table, lock);
      return spare;
    }
  if (before && behind)
    {
      spare->owner = lock->owner;
      spare->range = lock->range;
      spare->range.start = range->last + 1;
      list_insert_head (&lock->link, &spare->link);
      spare = NULL;
    }
  if (before)
    lock->range.last = range->start - 1;
  else
    lock->range.start = range->last + 1;
  return spare;
}

/* OWNER now has RANGE as it says, whatever it had there before.  The caller
   has seen that nobody objects.  */
static error_t
table_apply (struct lock_table *table, const struct opened *owner,
             const struct range *range)
{
  struct lock *spare = lock_create (table);
  struct lock *new = lock_create (table);

  if (!spare || !new)
    {
      lock_free (table, spare);
      lock_free (table, new);
      return ENOLCK;
    }
  list_for_each (at, following, &table->held)
  {
    struct lock *lock = list_entry (at, struct lock, link);

    if (spare && lock->owner == owner && range_overlaps (&lock->range, range))
      spare = lock_cut (table, lock, range, spare);
  }
  lock_free (table, spare);
  if (range->type == F_UNLCK)
    {
      lock_free (table, new);
      return 0;
    }
  new->owner = owner;
  new->range = *range;
  list_insert_tail (&table->held, &new->link);
  return 0;
}

/* ---- tables of a node ---- */

static error_t
node_locks (struct node *node, struct locks **ret_locks)
{
  struct locks *locks = node->locks;

  if (!locks)
    {
      locks = calloc (1, sizeof *locks);
      if (!locks)
        return ENOLCK;
      locks->flocks.payer = locks->records.payer = node->volume->generation;
      list_init (&locks->flocks.held);
      list_init (&locks->flocks.waiting);
      list_init (&locks->records.held);
      list_init (&locks->records.waiting);
      node->locks = locks;
    }
  *ret_locks = locks;
  return 0;
}

/* The node is gone, so nobody has it open.  */
void
locks_destroy (struct locks *locks)
{
  free (locks);
}

/* ---- waiting in a circle ---- */

#define CHAIN_MAX 64 /* owners; whoever builds a longer circle waits in it */

/* Those who must give something up before somebody can have his range.  */
struct chain
{
  const struct opened *owners[CHAIN_MAX];
  size_t count;
};

static void
chain_add (struct chain *chain, const struct opened *owner)
{
  for (size_t i = 0; i < chain->count; i++)
    if (chain->owners[i] == owner)
      return;
  if (chain->count < CHAIN_MAX)
    chain->owners[chain->count++] = owner;
}

/* OWNER wants RANGE: add who holds something of it.  */
static void
chain_add_holders (struct chain *chain, const struct lock_table *table,
                   const struct opened *owner, const struct range *range)
{
  list_for_each (at, following, &table->held)
  {
    const struct lock *lock = list_entry (at, struct lock, link);

    if (lock_conflicts (lock, owner, range))
      chain_add (chain, lock->owner);
  }
}

/* OWNER must wait for RANGE: does somebody that he waits for wait for him?  */
static bool
table_closes_circle (const struct lock_table *table,
                     const struct opened *owner, const struct range *range)
{
  struct chain chain = { .count = 0 };

  chain_add_holders (&chain, table, owner, range);
  for (size_t i = 0; i < chain.count && chain.owners[i] != owner; i++)
    list_for_each (at, following, &table->waiting)
    {
      const struct waiter *waiter = list_entry (at, struct waiter, link);

      if (waiter->owner == chain.owners[i])
        chain_add_holders (&chain, table, waiter->owner, &waiter->range);
    }
  for (size_t i = 0; i < chain.count; i++)
    if (chain.owners[i] == owner)
      return true;
  return false;
}

/* ---- waiting ---- */

static void
waiter_free (struct waiter *waiter)
{
  list_remove (&waiter->link);
  node_drop (waiter->node);
  free (waiter);
}

static void
waiter_cancel (struct parked *parked, error_t why)
{
  struct waiter *waiter = (struct waiter *)parked;

  parked_fail (parked, why);
  waiter_free (waiter);
}

static void
waiter_answer (struct waiter *waiter, error_t err)
{
  if (err || !waiter->record)
    parked_fail (&waiter->parked, err); /* 0 has the same form */
  else
    {
      mach_msg_type_name_t type = waiter->parked.reply_type;

      (void)file_record_lock_reply (parked_take_reply (&waiter->parked), type,
                                    0, waiter->answer);
    }
  waiter_free (waiter);
}

/* A lock of TABLE was given up: grant what can be granted.  */
static void
table_retry (struct lock_table *table)
{
  struct list *at = list_first (&table->waiting);

  while (at)
    {
      struct waiter *waiter = list_entry (at, struct waiter, link);
      struct list *next = at->next == &table->waiting ? NULL : at->next;

      if (!table_conflict (table, waiter->owner, &waiter->range))
        waiter_answer (waiter,
                       table_apply (table, waiter->owner, &waiter->range));
      at = next;
    }
}

static error_t
table_wait (struct lock_table *table, struct handle *handle,
            const struct request *request, const struct range *range,
            const struct flock64 *answer)
{
  struct waiter *waiter = calloc (1, sizeof *waiter);

  if (!waiter)
    return ENOLCK;
  waiter->node = node_ref (file_node (handle));
  waiter->table = table;
  waiter->owner = ((struct file *)handle)->opened;
  waiter->range = *range;
  waiter->record = answer != NULL;
  if (answer)
    waiter->answer = *answer;
  list_insert_tail (&table->waiting, &waiter->link);
  parked_start (&waiter->parked, &handle->object, request->reply,
                request->reply_type, waiter_cancel);
  return MIG_NO_REPLY;
}

/* Set RANGE, or wait (ANSWER is what file_record_lock then says), or EAGAIN.
   A flock waits for nothing while it is held, so there are no circles.  */
static error_t
table_set (struct lock_table *table, struct handle *handle,
           const struct request *request, const struct range *range, bool wait,
           const struct flock64 *answer)
{
  const struct opened *owner = ((struct file *)handle)->opened;
  error_t err;

  if (table_conflict (table, owner, range))
    {
      if (!wait)
        return EAGAIN;
      if (answer && table_closes_circle (table, owner, range))
        return EDEADLK;
      return table_wait (table, handle, request, range, answer);
    }
  err = table_apply (table, owner, range);
  if (!err)
    table_retry (table);
  return err;
}

static void
table_release (struct lock_table *table, const struct opened *owner)
{
  list_for_each (at, following, &table->held)
  {
    struct lock *lock = list_entry (at, struct lock, link);

    if (lock->owner == owner)
      lock_free (table, lock);
  }
  table_retry (table);
}

void
locks_release (struct opened *owner)
{
  struct locks *locks = owner->node->locks;

  if (!locks)
    return;
  table_release (&locks->flocks, owner);
  table_release (&locks->records, owner);
}

/* ---- flock ---- */

error_t
file_op_lock (struct handle *handle, const struct request *request, int flags)
{
  struct range range = { .start = 0, .last = RANGE_END };
  struct locks *locks;
  error_t err;

  switch (flags & (LOCK_SH | LOCK_EX | LOCK_UN))
    {
    case LOCK_SH:
      range.type = F_RDLCK;
      break;
    case LOCK_EX:
      range.type = F_WRLCK;
      break;
    case LOCK_UN:
      range.type = F_UNLCK;
      break;
    default:
      return EINVAL;
    }
  err = node_locks (file_node (handle), &locks);
  if (err)
    return err;
  /* Two who both hold a shared lock and want it exclusive would wait for each
     other for ever, so the old one goes first.  */
  if (range.type != F_UNLCK)
    table_release (&locks->flocks, ((struct file *)handle)->opened);
  return table_set (&locks->flocks, handle, request, &range,
                    !(flags & LOCK_NB), NULL);
}

error_t
file_op_lock_stat (struct handle *handle, int *ret_mine, int *ret_others)
{
  static const int names[] = {
    [F_RDLCK] = LOCK_SH,
    [F_WRLCK] = LOCK_EX,
    [F_UNLCK] = LOCK_UN,
  };
  const struct opened *owner = ((struct file *)handle)->opened;
  int mine = LOCK_UN, others = LOCK_UN;
  struct locks *locks;
  error_t err = node_locks (file_node (handle), &locks);

  if (err)
    return err;
  list_for_each (at, following, &locks->flocks.held)
  {
    const struct lock *lock = list_entry (at, struct lock, link);

    if (lock->owner == owner)
      mine = names[lock->range.type];
    else
      others = names[lock->range.type];
  }
  *ret_mine = mine;
  *ret_others = others;
  return 0;
}

/* ---- record locks ---- */

static error_t
range_parse (const struct handle *handle, const struct flock64 *lock,
             struct range *ret_range)
{
  int64_t base = 0, start, last = RANGE_END;

  if (lock->l_type != F_RDLCK && lock->l_type != F_WRLCK
      && lock->l_type != F_UNLCK)
    return EINVAL;
  if (lock->l_whence == SEEK_CUR)
    base = ((const struct file *)handle)->opened->offset;
  else if (lock->l_whence == SEEK_END)
    base = node_size (file_node (handle));
  else if (lock->l_whence != SEEK_SET)
    return EINVAL;
  if (__builtin_add_overflow (base, lock->l_start, &start))
    return EOVERFLOW;
  if (lock->l_len > 0
      && __builtin_add_overflow (start, lock->l_len - 1, &last))
    return EOVERFLOW;
  if (lock->l_len < 0)
    {
      last = start - 1;
      if (__builtin_add_overflow (start, lock->l_len, &start))
        return EINVAL;
    }
  if (start < 0)
    return EINVAL;
  *ret_range
      = (struct range){ .type = lock->l_type, .start = start, .last = last };
  return 0;
}

static void
record_describe (const struct lock *found, struct flock64 *lock)
{
  if (!found)
    {
      lock->l_type = F_UNLCK;
      return;
    }
  lock->l_type = found->range.type;
  lock->l_whence = SEEK_SET;
  lock->l_start = found->range.start;
  lock->l_len = found->range.last == RANGE_END
                    ? 0
                    : found->range.last - found->range.start + 1;
  lock->l_pid = -1; /* a handle may be several processes' */
}

error_t
file_op_record_lock (struct handle *handle, const struct request *request,
                     int command, struct flock64 *lock, mach_port_t rendezvous)
{
  const struct opened *owner = ((struct file *)handle)->opened;
  struct locks *locks;
  struct range range;
  error_t err = range_parse (handle, lock, &range);

  if (!err && MACH_PORT_VALID (rendezvous))
    err = EOPNOTSUPP; /* nobody shares locks between servers */
  if (!err)
    err = node_locks (file_node (handle), &locks);
  if (err)
    return err;
  if (command == F_GETLK64)
    {
      record_describe (table_conflict (&locks->records, owner, &range), lock);
      return 0;
    }
  if (command != F_SETLK64 && command != F_SETLKW64)
    return EINVAL;
  if (range.type == F_RDLCK && !(handle->open_modes & O_READ))
    return EBADF;
  if (range.type == F_WRLCK && !(handle->open_modes & O_WRITE))
    return EBADF;
  return table_set (&locks->records, handle, request, &range,
                    command == F_SETLKW64, lock);
}
