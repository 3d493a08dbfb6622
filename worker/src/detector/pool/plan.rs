//! How many sessions, and whether workers share them.

use super::memory;

/// What a pool may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    /// Worker threads, each of which gets a handle.
    pub threads: usize,
    /// Most bytes of main memory for all sessions together.
    pub memory_bytes: u64,
    /// Most images in a batch on a GPU.
    pub batch_limit: usize,
}

impl PoolOptions {
    /// Half of the memory that is free now, and batches of up to 16 images on a GPU.
    #[must_use]
    pub fn for_threads(threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            memory_bytes: memory::available_bytes() / 2,
            batch_limit: 16,
        }
    }
}

/// A session holds the weights about three times: as read, as rearranged for the processor, and
/// in part as workspace (estimated).
const WEIGHT_COPIES: u64 = 3;

/// Activations of a session for each canvas pixel. Measured with YOLOX-nano: another session
/// with its frame and canvas took 36 MB at 416 × 416 and 183 MB at 1280 × 1280.
const BYTES_PER_PIXEL: u64 = 100;

/// How a model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolPlan {
    /// Sessions (copies of the model).
    pub sessions: usize,
    /// Threads that share the work of one inference on a CPU.
    pub intra_threads: usize,
    /// Most images in a batch.
    pub batch_limit: usize,
    /// Whether the sessions have threads of their own that take images from all workers; else
    /// each worker has a session.
    pub is_shared: bool,
}

impl PoolPlan {
    /// A session of one thread for each worker if memory allows; else as many as it allows, at
    /// least one, and the processor's threads divided among them.
    #[must_use]
    pub fn for_cpu(options: PoolOptions, model_bytes: u64, canvas_pixels: u64) -> Self {
        let threads = options.threads.max(1);
        let weights = model_bytes.saturating_mul(WEIGHT_COPIES);
        let session_bytes = weights.saturating_add(canvas_pixels.saturating_mul(BYTES_PER_PIXEL));
        let affordable = options.memory_bytes / session_bytes.max(1);
        let sessions = usize::try_from(affordable)
            .unwrap_or(threads)
            .clamp(1, threads);
        Self {
            sessions,
            intra_threads: threads / sessions,
            batch_limit: 1,
            is_shared: sessions < threads,
        }
    }

    /// One session for all workers.
    #[must_use]
    pub fn for_gpu(options: PoolOptions) -> Self {
        Self {
            sessions: 1,
            intra_threads: 1,
            batch_limit: options.batch_limit.max(1),
            is_shared: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    fn options(threads: usize, memory_bytes: u64) -> PoolOptions {
        PoolOptions {
            threads,
            memory_bytes,
            batch_limit: 8,
        }
    }

    #[test]
    fn a_small_model_is_loaded_for_each_worker() {
        let plan = PoolPlan::for_cpu(options(8, 2048 * MB), 4 * MB, 416 * 416);
        assert_eq!(
            plan,
            PoolPlan {
                sessions: 8,
                intra_threads: 1,
                batch_limit: 1,
                is_shared: false
            }
        );
    }

    #[test]
    fn a_large_model_is_shared_by_threads_that_add_up() {
        // 3 × 560 MB + 156 MB = 1,836 MB a session.
        let plan =
            |threads, memory| PoolPlan::for_cpu(options(threads, memory), 560 * MB, 1280 * 1280);
        let shared = |sessions, intra_threads| PoolPlan {
            sessions,
            intra_threads,
            batch_limit: 1,
            is_shared: true,
        };
        assert_eq!(plan(8, 4000 * MB), shared(2, 4));
        assert_eq!(plan(8, 1000 * MB), shared(1, 8));
        assert_eq!(plan(8, 0), shared(1, 8));
        assert!(!plan(1, 0).is_shared);
    }

    #[test]
    fn a_gpu_gets_one_session_and_batches() {
        let plan = PoolPlan::for_gpu(options(8, 0));
        assert_eq!(
            plan,
            PoolPlan {
                sessions: 1,
                intra_threads: 1,
                batch_limit: 8,
                is_shared: true
            }
        );
    }
}
