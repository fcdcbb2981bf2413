/**
 * Stands in the bundle for the package `form-data`, which axios takes along for forms with files and which brings a list of
 * all media types, 137 kB. Node has the class itself, and nothing we send to a gateway is a form.
 */
export default FormData;
