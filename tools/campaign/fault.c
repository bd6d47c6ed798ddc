// Fails or kills a program inside its N-th call of the operating system that concerns a folder; for crash.py.
// Built as a shared object and loaded with LD_PRELOAD. Environment:
//   FAULT_DIR    calls about files under this folder count
//   FAULT_CALLS  names separated by commas: read, pread, write, pwrite, fsync, fdatasync, ftruncate, rename, unlink, open, mkdir
//   FAULT_AT     which of them, from 1; 0: none
//   FAULT_KIND   kill, eio, enospc, short (half of the bytes, then ENOSPC at the next), or power: everything that was not
//                synced is taken back (bytes, names, folders), and the program killed: the worst that a disk may do
//   FAULT_FORGET a part of a file's path: syncing such files counts for nothing when the power goes. A negative control: a
//                program that does not sync them must be found out
//   FAULT_COUNT  a file that gets the number of such calls at the end
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long seen;
static atomic_int is_short;

static int concerns(const char* path) {
  const char* folder = getenv("FAULT_DIR");
  return folder != NULL && path != NULL && strstr(path, folder) != NULL;
}

static int concerns_descriptor(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = '\0';
  return concerns(path);
}

#define REAL(name)                  \
  static __typeof__(name)* real;    \
  if (real == NULL) real = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)
#define CALL(name) ((__typeof__(name)*)dlsym(RTLD_NEXT, #name))

// What is not on the disk yet, newest last; kept only where FAULT_KIND is power.
enum { kBytes, kRename, kUnlink, kCreate, kFolder };
struct change {
  int kind, is_synced, descriptor;
  ino_t inode;
  off64_t offset, old_size;
  size_t size;
  char* bytes;                       // that were there
  char path[512], from[512], backup[600], folder[512];
};
static struct change* changes;
static size_t n_changes, room;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int keeps_changes(void) {
  const char* kind = getenv("FAULT_KIND");
  return kind != NULL && strcmp(kind, "power") == 0;
}

static struct change* add_change(int kind, const char* path) {
  if (n_changes == room) changes = realloc(changes, (room = 2 * room + 64) * sizeof *changes);
  struct change* change = &changes[n_changes++];
  memset(change, 0, sizeof *change);
  change->kind = kind;
  snprintf(change->path, sizeof change->path, "%s", path);
  snprintf(change->folder, sizeof change->folder, "%s", path);
  char* slash = strrchr(change->folder, '/');
  if (slash != NULL) *slash = '\0';
  snprintf(change->backup, sizeof change->backup, "%s/.undo-%zu", change->folder, n_changes);
  return change;
}

/// The bytes from `offset` on that a write of `size` bytes, or a new end there, replaces.
static void keep_bytes(int descriptor, off64_t offset, size_t size) {
  struct stat status;
  if (!keeps_changes() || fstat(descriptor, &status) != 0) return;
  pthread_mutex_lock(&lock);
  struct change* change = add_change(kBytes, "");
  change->descriptor = dup(descriptor);
  change->inode = status.st_ino;
  change->offset = offset;
  change->old_size = status.st_size;
  const off64_t rest = status.st_size - offset;
  change->size = rest <= 0 ? 0 : (size_t)rest < size ? (size_t)rest : size;
  change->bytes = malloc(change->size + 1);
  if (pread64(descriptor, change->bytes, change->size, offset) < 0) change->size = 0;  // a new file, opened for writing
  pthread_mutex_unlock(&lock);
}

/// A file or folder that is about to be made.
static void keep_name(int kind, const char* path) {
  struct stat status;
  if (!keeps_changes() || !concerns(path) || lstat(path, &status) == 0) return;
  pthread_mutex_lock(&lock);
  add_change(kind, path);
  pthread_mutex_unlock(&lock);
}

static int is_forgotten(int descriptor) {
  const char* forget = getenv("FAULT_FORGET");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = forget == NULL ? -1 : readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = '\0';
  return strstr(path, forget) != NULL;
}

static void mark_synced(int descriptor) {
  struct stat status;
  char link[64], path[4096] = "";
  if (!keeps_changes() || fstat(descriptor, &status) != 0) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  path[size < 0 ? 0 : size] = '\0';
  if (is_forgotten(descriptor)) return;
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < n_changes; ++i) {
    struct change* change = &changes[i];
    const int is_it = S_ISDIR(status.st_mode) ? change->kind != kBytes && strcmp(change->folder, path) == 0
                                              : change->kind == kBytes && change->inode == status.st_ino;
    if (!is_it || change->is_synced) continue;
    change->is_synced = 1;
    if (change->kind == kRename || change->kind == kUnlink) CALL(unlink)(change->backup);
    if (change->kind == kBytes) close(change->descriptor);
    free(change->bytes);
    change->bytes = NULL;
  }
  pthread_mutex_unlock(&lock);
}

static void cut_power(void) {
  for (size_t i = n_changes; i-- > 0;) {
    struct change* change = &changes[i];
    if (change->is_synced) continue;
    char command[1100];
    switch (change->kind) {
      case kBytes:
        CALL(pwrite64)(change->descriptor, change->bytes, change->size, change->offset);
        CALL(ftruncate64)(change->descriptor, change->old_size);
        break;
      case kRename:
        CALL(rename)(change->path, change->from);
        CALL(rename)(change->backup, change->path);
        break;
      case kUnlink:
        CALL(rename)(change->backup, change->path);
        break;
      case kCreate:
        CALL(unlink)(change->path);
        break;
      default:
        snprintf(command, sizeof command, "LD_PRELOAD= rm -rf '%s'", change->path);
        if (system(command) != 0) _exit(9);
    }
  }
  kill(getpid(), SIGKILL);
}

/// 0: go on; else the error number; -1: a short write.
static int fault(const char* call) {
  const char* calls = getenv("FAULT_CALLS");
  const char* found = calls == NULL ? NULL : strstr(calls, call);
  const size_t length = strlen(call);
  while (found != NULL && !((found == calls || found[-1] == ',') && (found[length] == ',' || found[length] == '\0'))) {
    found = strstr(found + 1, call);
  }
  if (found == NULL) return 0;
  const long number = atomic_fetch_add(&seen, 1) + 1;
  const char* at = getenv("FAULT_AT");
  const char* kind = getenv("FAULT_KIND");
  if (atomic_load(&is_short)) return ENOSPC;
  if (at == NULL || kind == NULL || number != atol(at)) return 0;
  if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(kind, "power") == 0) {
    pthread_mutex_lock(&lock);  // and never give it back
    cut_power();
  }
  if (strcmp(kind, "eio") == 0) return EIO;
  if (strcmp(kind, "short") == 0) {
    atomic_store(&is_short, 1);
    return -1;
  }
  return ENOSPC;
}

__attribute__((destructor)) static void report(void) {
  const char* file = getenv("FAULT_COUNT");
  FILE* out = file == NULL ? NULL : fopen(file, "w");
  if (out == NULL) return;
  fprintf(out, "%ld\n", atomic_load(&seen));
  fclose(out);
}

static int failed(int error) {
  errno = error == -1 ? ENOSPC : error;
  return -1;
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  REAL(write);
  const int is_ours = concerns_descriptor(descriptor);
  const int error = is_ours ? fault("write") : 0;
  if (is_ours && error == 0) keep_bytes(descriptor, lseek64(descriptor, 0, SEEK_CUR), size);
  if (error == -1) return real(descriptor, bytes, size / 2);
  return error == 0 ? real(descriptor, bytes, size) : failed(error);
}

ssize_t read(int descriptor, void* bytes, size_t size) {
  REAL(read);
  const int error = concerns_descriptor(descriptor) ? fault("read") : 0;
  return error == 0 ? real(descriptor, bytes, size) : failed(error);
}

ssize_t pread64(int descriptor, void* bytes, size_t size, off64_t offset) {
  REAL(pread64);
  const int error = concerns_descriptor(descriptor) ? fault("pread") : 0;
  return error == 0 ? real(descriptor, bytes, size, offset) : failed(error);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  REAL(pwrite64);
  const int is_ours = concerns_descriptor(descriptor);
  const int error = is_ours ? fault("pwrite") : 0;
  if (is_ours && error == 0) keep_bytes(descriptor, offset, size);
  if (error == -1) return real(descriptor, bytes, size / 2, offset);
  return error == 0 ? real(descriptor, bytes, size, offset) : failed(error);
}

int fsync(int descriptor) {
  REAL(fsync);
  const int error = concerns_descriptor(descriptor) ? fault("fsync") : 0;
  if (error == 0) mark_synced(descriptor);
  return error == 0 ? real(descriptor) : failed(error);
}

int fdatasync(int descriptor) {
  REAL(fdatasync);
  const int error = concerns_descriptor(descriptor) ? fault("fdatasync") : 0;
  if (error == 0) mark_synced(descriptor);
  return error == 0 ? real(descriptor) : failed(error);
}

int syncfs(int descriptor) {
  REAL(syncfs);
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < n_changes; ++i) {
    struct change* change = &changes[i];
    if (change->kind == kBytes && is_forgotten(change->descriptor)) continue;
    if (!change->is_synced && (change->kind == kRename || change->kind == kUnlink)) CALL(unlink)(change->backup);
    change->is_synced = 1;
  }
  pthread_mutex_unlock(&lock);
  return real(descriptor);
}

int ftruncate64(int descriptor, off64_t size) {
  REAL(ftruncate64);
  const int is_ours = concerns_descriptor(descriptor);
  const int error = is_ours ? fault("ftruncate") : 0;
  if (is_ours && error == 0) keep_bytes(descriptor, size, SIZE_MAX / 2);
  return error == 0 ? real(descriptor, size) : failed(error);
}

int rename(const char* from, const char* to) {
  REAL(rename);
  const int error = concerns(to) ? fault("rename") : 0;
  if (error == 0 && concerns(to) && keeps_changes()) {
    pthread_mutex_lock(&lock);
    struct change* change = add_change(kRename, to);
    snprintf(change->from, sizeof change->from, "%s", from);
    if (link(to, change->backup) != 0) errno = 0;  // there was none
    pthread_mutex_unlock(&lock);
  }
  return error == 0 ? real(from, to) : failed(error);
}

int unlink(const char* path) {
  REAL(unlink);
  const int error = concerns(path) ? fault("unlink") : 0;
  if (error == 0 && concerns(path) && keeps_changes()) {
    pthread_mutex_lock(&lock);
    struct change* change = add_change(kUnlink, path);
    if (link(path, change->backup) != 0) --n_changes;
    pthread_mutex_unlock(&lock);
  }
  return error == 0 ? real(path) : failed(error);
}

int mkdir(const char* path, mode_t mode) {
  REAL(mkdir);
  const int error = concerns(path) ? fault("mkdir") : 0;
  if (error == 0) keep_name(kFolder, path);
  return error == 0 ? real(path, mode) : failed(error);
}

int open64(const char* path, int flags, ...) {
  REAL(open64);
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  const int error = (flags & O_CREAT) != 0 && concerns(path) ? fault("open") : 0;
  if (error == 0 && (flags & O_CREAT) != 0) keep_name(kCreate, path);
  return error == 0 ? real(path, flags, mode) : failed(error);
}

int open(const char* path, int flags, ...) {
  REAL(open);
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  const int error = (flags & O_CREAT) != 0 && concerns(path) ? fault("open") : 0;
  if (error == 0 && (flags & O_CREAT) != 0) keep_name(kCreate, path);
  return error == 0 ? real(path, flags, mode) : failed(error);
}
