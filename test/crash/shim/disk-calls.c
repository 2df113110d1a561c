/*
 * Counts the calls with which a program changes the tree below a directory, and makes one of them the last, or fail. One
 * counter for all threads: a counted call has the tree to itself, so that "killed after call n" and "killed before call
 * n + 1" are the same disk. Loaded with LD_PRELOAD; programs that this one starts run without it.
 *
 *   PIKIT_SHIM_TREE  the directory, an absolute path without symlinks
 *   PIKIT_SHIM_LOG   one line a counted call, separated by tabs: number, call, path in the tree, `ok`, `killed` or errno
 *   PIKIT_SHIM_DO    nothing (only count), or one of
 *                    kill-before N, kill-after N   SIGKILL to the own process
 *                    torn N                        half of the bytes of write N or the first after it, then SIGKILL
 *                    short N                       half of the bytes of that write, which is legal, and on it goes
 *                    fail N ERRNO                  call N fails
 *                    fail-on N ERRNO               call N and every later one fails
 *
 * Hooked is what Node imports from the C library (`nm -D`): libuv makes every file call through these, as long as
 * UV_USE_IO_URING is 0. Paths are absolute there. A call that finds nothing to do (mkdir of what exists, unlink of what
 * does not) changes nothing, is not counted and is never refused.
 *
 * What an errno can hit: ENOSPC and EDQUOT only calls that need room: a new name, bytes, the sync of a file (where the
 * room is found late: btrfs, network disks). Never a removal, a rename over an existing name, a mode or a time. EIO and
 * EROFS hit everything; an ext4 that gave up says EROFS to a sync too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The call needs room on the disk. */
enum { ROOM = 1 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *tree = "";
static char mode[16];
static long at, count;
static int fault, log_fd = -1, spent;
/* Of the call that is under way; `kind` is negative for one that is not counted. */
static __thread const char *now_call, *now_path;
static __thread int kind;

__attribute__((constructor)) static void begin(void) {
  const char *order = getenv("PIKIT_SHIM_DO"), *log = getenv("PIKIT_SHIM_LOG");
  unsetenv("LD_PRELOAD");
  if (getenv("PIKIT_SHIM_TREE") == NULL || log == NULL) return;
  tree = getenv("PIKIT_SHIM_TREE");
  log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (order != NULL) sscanf(order, "%15s %ld %d", mode, &at, &fault);
}

static void note(const char *outcome) {
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%ld\t%s\t%s\t%s\n", count, now_call,
                        now_path + strlen(tree), outcome);
  syscall(SYS_write, log_fd, line, length);
}

static void die(void) {
  note("killed");
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int is(const char *name) { return strcmp(mode, name) == 0; }

static int below(const char *path) {
  size_t length = strlen(tree);
  return log_fd >= 0 && path != NULL && strncmp(path, tree, length) == 0 && path[length] == '/';
}

static int exists(const char *path) {
  struct stat found;
  return fstatat(AT_FDCWD, path, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether a call that makes this path can do so at all. */
static int can_come(const char *path) {
  char parent[PATH_MAX];
  if (!below(path) || exists(path)) return 0;
  snprintf(parent, sizeof parent, "%s", path);
  *strrchr(parent, '/') = '\0';
  return exists(parent);
}

/* Takes the turn of a call that counts. The errno that it must fail with, or 0. */
static int enter(const char *call, const char *path, int counts, int needs) {
  kind = counts && below(path) ? needs : -1;
  if (kind < 0) return 0;
  pthread_mutex_lock(&turn);
  now_call = call;
  now_path = path;
  count += 1;
  if (is("kill-before") && count == at) die();
  if ((fault == ENOSPC || fault == EDQUOT) && !(kind & ROOM)) return 0;
  return (is("fail") && count == at) || (is("fail-on") && count >= at) ? fault : 0;
}

static long leave(long result) {
  int error = errno;
  if (kind < 0) return result;
  char outcome[16] = "ok";
  if (is("kill-after") && count == at) die();
  if (result < 0) snprintf(outcome, sizeof outcome, "%d", error);
  note(outcome);
  pthread_mutex_unlock(&turn);
  errno = error;
  return result;
}

#define CALL(name, path, counts, needs, real)               \
  ({                                                        \
    int refused = enter(name, path, counts, needs);         \
    leave(refused ? (errno = refused, -1L) : (long)(real)); \
  })

static const char *path_of(int fd, char *buffer) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  buffer[length < 0 ? 0 : length] = '\0';
  return buffer;
}

/* How many of the bytes this write takes: all, or half of them when it is the one to be torn or cut short. */
static size_t share(size_t length) {
  int isIt = kind >= 0 && (is("torn") || is("short")) && count >= at && !spent;
  if (!isIt || (is("short") && length < 2)) return length;
  spent = 1;
  return length / 2;
}

static long wrote(long result) {
  if (kind >= 0 && is("torn") && spent) die();
  return result;
}

static long write_some(int fd, const void *bytes, size_t length, off_t offset, int has_offset) {
  size_t some = share(length);
  if (has_offset) return wrote(syscall(SYS_pwrite64, fd, bytes, some, offset));
  return wrote(syscall(SYS_write, fd, bytes, some));
}

static long write_vector(int fd, const struct iovec *parts, int number, off_t offset, int has_offset) {
  /* A torn or short one takes just the first part's share. */
  size_t first = number > 0 ? parts[0].iov_len : 0, some = share(first);
  if (some != first) {
    if (has_offset) return wrote(syscall(SYS_pwrite64, fd, parts[0].iov_base, some, offset));
    return wrote(syscall(SYS_write, fd, parts[0].iov_base, some));
  }
  if (has_offset) return syscall(SYS_pwritev, fd, parts, number, offset, 0L);
  return syscall(SYS_writev, fd, parts, number);
}

static int open_path(const char *path, int flags, mode_t permissions) {
  int makes = (flags & O_CREAT) && can_come(path);
  int empties = (flags & O_TRUNC) && below(path) && exists(path) && !(flags & O_EXCL);
  return CALL("open", path, makes || empties, makes ? ROOM : 0,
              syscall(SYS_openat, AT_FDCWD, path, flags, permissions));
}

#define OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                       \
    va_list rest;                                                    \
    va_start(rest, flags);                                           \
    mode_t permissions = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                    \
    return open_path(path, flags, permissions);                      \
  }
OPEN(open)
OPEN(open64)

#define BY_FD(type, name, arguments, needs, real)            \
  type name arguments {                                      \
    char buffer[PATH_MAX];                                   \
    return CALL(#name, path_of(fd, buffer), 1, needs, real); \
  }
BY_FD(ssize_t, write, (int fd, const void *bytes, size_t length), ROOM,
      write_some(fd, bytes, length, 0, 0))
BY_FD(ssize_t, pwrite64, (int fd, const void *bytes, size_t length, off64_t offset), ROOM,
      write_some(fd, bytes, length, offset, 1))
BY_FD(ssize_t, writev, (int fd, const struct iovec *parts, int number), ROOM,
      write_vector(fd, parts, number, 0, 0))
BY_FD(ssize_t, pwritev64, (int fd, const struct iovec *parts, int number, off64_t offset),
      ROOM, write_vector(fd, parts, number, offset, 1))
BY_FD(int, ftruncate64, (int fd, off64_t length), 0, syscall(SYS_ftruncate, fd, length))
BY_FD(int, fchmod, (int fd, mode_t permissions), 0, syscall(SYS_fchmod, fd, permissions))
BY_FD(int, fchown, (int fd, uid_t owner, gid_t group), 0, syscall(SYS_fchown, fd, owner, group))
BY_FD(int, futimens, (int fd, const struct timespec times[2]), 0,
      syscall(SYS_utimensat, fd, NULL, times, 0))

static int is_file(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}
BY_FD(int, fsync, (int fd), is_file(fd) ? ROOM : 0, syscall(SYS_fsync, fd))
BY_FD(int, fdatasync, (int fd), is_file(fd) ? ROOM : 0, syscall(SYS_fdatasync, fd))

#define BY_PATH(name, arguments, path, counts, needs, real) \
  int name arguments { return CALL(#name, path, counts, needs, real); }
BY_PATH(mkdir, (const char *path, mode_t permissions), path, can_come(path), ROOM,
        syscall(SYS_mkdirat, AT_FDCWD, path, permissions))
BY_PATH(symlink, (const char *text, const char *path), path, can_come(path), ROOM,
        syscall(SYS_symlinkat, text, AT_FDCWD, path))
BY_PATH(link, (const char *from, const char *path), path, exists(from) && can_come(path), ROOM,
        syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, path, 0))
BY_PATH(rename, (const char *from, const char *path), path, exists(from), exists(path) ? 0 : ROOM,
        syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, path, 0))
BY_PATH(unlink, (const char *path), path, exists(path), 0, syscall(SYS_unlinkat, AT_FDCWD, path, 0))
BY_PATH(rmdir, (const char *path), path, exists(path), 0,
        syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR))
BY_PATH(chmod, (const char *path, mode_t permissions), path, 1, 0,
        syscall(SYS_fchmodat, AT_FDCWD, path, permissions))
BY_PATH(chown, (const char *path, uid_t owner, gid_t group), path, 1, 0,
        syscall(SYS_fchownat, AT_FDCWD, path, owner, group, 0))
BY_PATH(lchown, (const char *path, uid_t owner, gid_t group), path, 1, 0,
        syscall(SYS_fchownat, AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW))

int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  return CALL("utimensat", path, 1, 0, syscall(SYS_utimensat, directory, path, times, flags));
}
