namespace LeNetServe.Imaging;

/// <summary>Applies EXIF's orientation (tag 0x0112), by which a camera tells the direction of the stored rows and columns.</summary>
internal static class Orientation
{
    /// <summary>Makes the picture as it should be seen, and disposes of the stored one.</summary>
    public static Picture Upright(in Picture stored, int orientation)
    {
        if (orientation == ExifOrientation.Upright)
            return stored;
        var sideways = orientation >= 5;
        var upright = sideways
            ? new Picture(stored.Channels, stored.Width, stored.Height)
            : new Picture(stored.Channels, stored.Height, stored.Width);
        var (bottom, right) = (stored.Height - 1, stored.Width - 1);
        for (var channel = 0; channel < upright.Channels; channel++)
        {
            var source = stored.Plane(channel);
            for (var row = 0; row < upright.Height; row++)
            {
                var target = upright.Row(channel, row);
                for (var column = 0; column < target.Length; column++)
                {
                    var (fromRow, fromColumn) = orientation switch
                    {
                        2 => (row, right - column),
                        3 => (bottom - row, right - column),
                        4 => (bottom - row, column),
                        5 => (column, row),
                        6 => (bottom - column, row),
                        7 => (bottom - column, right - row),
                        8 => (column, right - row),
                        _ => (row, column),
                    };
                    target[column] = source[fromRow * stored.Width + fromColumn];
                }
            }
        }
        stored.Dispose();
        return upright;
    }
}
