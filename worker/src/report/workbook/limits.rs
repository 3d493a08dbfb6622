//! How much fits into a workbook.

/// How much fits into one part of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkbookLimits {
    /// Most rows below the header of one sheet; further rows go to a sheet `Images 2`, ….
    pub rows_per_sheet: u32,
    /// Most links on one sheet; further paths are plain text.
    pub links_per_sheet: u32,
    /// Most cameras that the Summary lists one by one.
    pub cameras: usize,
}

impl Default for WorkbookLimits {
    /// Excel's limits: 1,048,576 rows with the header and 65,530 links on a sheet; and 10,000
    /// cameras, so that a folder for each picture does not fill the memory.
    fn default() -> Self {
        Self {
            rows_per_sheet: 1_048_575,
            links_per_sheet: 65_530,
            cameras: 10_000,
        }
    }
}
